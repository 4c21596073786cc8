package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback
import org.apache.spark.sql.catalyst.expressions.{
  ArrayTransform,
  Expression,
  GenericInternalRow,
  LambdaFunction,
  NamedLambdaVariable,
  UnaryExpression
}
import org.apache.spark.sql.types.{ArrayType, DataType, StructType}

import tfpredict.OnError
import tfpredict.batch.Rejection

/**
 * Reads the result of a call that fails late ([[OnError.Late]]). It evaluates to the result of the
 * same call with `on_error="fail"`: it fails if the model rejected the element.
 *
 * @param child
 *   a struct of a value, an error, and perhaps the model's version
 */
private[sql] case class LateAnswer(child: Expression)
    extends UnaryExpression
    with CodegenFallback {
  private val fields = child.dataType.asInstanceOf[StructType]
  private val isPlain = fields.size == 2

  override def dataType: DataType =
    if (isPlain) fields.head.dataType else StructType(fields.filterNot(_ eq fields(1)))

  override def nullable: Boolean = isPlain || child.nullable

  override protected def nullSafeEval(value: Any): Any = {
    val result = value.asInstanceOf[InternalRow]
    if (!result.isNullAt(1)) throw Rejection.failure(result.getUTF8String(1).toString)
    val answer = result.get(0, fields.head.dataType)
    if (isPlain) answer
    else new GenericInternalRow(Array[Any](answer, result.get(2, fields(2).dataType)))
  }

  override protected def withNewChildInternal(child: Expression): LateAnswer = copy(child = child)
}

private[sql] object LateAnswer {

  /** Converts a call to one that fails late. */
  def call(failing: Predict): Predict =
    failing.copy(settings = failing.settings.copy(onError = OnError.Late))

  /** Reads results of such a call, also in arrays. */
  def read(results: Expression): Expression = results.dataType match {
    case ArrayType(inner, containsNull) =>
      val element = NamedLambdaVariable("answer", inner, containsNull)
      ArrayTransform(results, LambdaFunction(read(element), Seq(element)))
    case _ => LateAnswer(results)
  }
}
