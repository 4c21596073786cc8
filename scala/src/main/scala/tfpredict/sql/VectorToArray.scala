package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback
import org.apache.spark.sql.catalyst.expressions.{Expression, UnaryExpression, UnsafeArrayData}
import org.apache.spark.sql.types.{ArrayType, DataType, DoubleType, UserDefinedType}

/** A Spark ML vector, dense or sparse, as an array of doubles. */
private[sql] case class VectorToArray(child: Expression)
    extends UnaryExpression
    with CodegenFallback {

  override def dataType: DataType = ArrayType(DoubleType, containsNull = false)

  // A vector is stored as struct<type, size, indices, values>; type is 0 for a sparse one.
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

  // By name, since Spark may run without its ML module.
  private val Vector = "org.apache.spark.ml.linalg.Vector"

  /** The column itself, or its array where it holds vectors. */
  def unwrap(column: Expression): Expression = column.dataType match {
    case vector: UserDefinedType[_] if vector.userClass.getName == Vector => VectorToArray(column)
    case _ => column
  }
}
