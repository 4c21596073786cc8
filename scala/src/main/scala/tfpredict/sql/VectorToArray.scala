package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback
import org.apache.spark.sql.catalyst.expressions.{Expression, UnaryExpression, UnsafeArrayData}
import org.apache.spark.sql.types.{ArrayType, DataType, DoubleType, UserDefinedType}

/** Converts a Spark ML vector, dense or sparse, to an array of doubles. */
private[sql] case class VectorToArray(child: Expression)
    extends UnaryExpression
    with CodegenFallback {

  override def dataType: DataType = ArrayType(DoubleType, containsNull = false)

  // A vector is stored as struct<type, size, indices, values>. Type 0 is sparse.
  override protected def nullSafeEval(vector: Any): Any = {
    val row = vector.asInstanceOf[InternalRow]
    val values = row.getArray(3)
    if (row.getByte(0) != 0) values
    else {
      val dense = new Array[Double](row.getInt(1))
      val indices = row.getArray(2)
      for (i <- 0 until indices.numElements()) dense(indices.getInt(i)) = values.getDouble(i)
      UnsafeArrayData.fromPrimitiveArray(dense)
    }
  }

  override protected def withNewChildInternal(child: Expression): Expression = copy(child = child)
}

private[sql] object VectorToArray {

  // Compared by name, since Spark's ML module may be missing.
  private val Vector = "org.apache.spark.ml.linalg.Vector"

  /** Returns the column itself, or its array if it holds vectors. */
  def unwrap(column: Expression): Expression = column.dataType match {
    case vector: UserDefinedType[_] if vector.userClass.getName == Vector => VectorToArray(column)
    case _ => column
  }
}
