package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback
import org.apache.spark.sql.types.{DataType, StructField, StructType}

import tfpredict.columns.TensorTypes
import tfpredict.{ModelSpec, Settings, Signature}

/**
 * A model as an expression. Its children are what the query passes; `arguments` is what they mean.
 *
 * Wrong columns fail at analysis. A null input gives a null result. The expression is deterministic
 * but never foldable: a model is not to be loaded on the driver for the sake of a constant.
 *
 * @param functionName
 *   what the query calls it
 * @param model
 *   a resolved spec
 */
private[tfpredict] case class Predict(
    children: Seq[Expression],
    functionName: String,
    model: ModelSpec,
    signature: Signature,
    settings: Settings
) extends Expression
    with CodegenFallback {

  @transient private lazy val predictor = new TaskPredictor(this)

  override def prettyName: String = functionName

  override def foldable: Boolean = false

  override def nullable: Boolean = true

  override lazy val dataType: DataType = signature.outputs match {
    case Seq(output) => TensorTypes.resultType(output)
    case outputs =>
      StructType(outputs.map(out => StructField(out.name, TensorTypes.resultType(out))))
  }

  override def checkInputDataTypes(): TypeCheckResult = perInput match {
    case Right(_) => TypeCheckResult.TypeCheckSuccess
    case Left(wrong) =>
      TypeCheckResult.TypeCheckFailure(s"${model.describe}: ${wrong.mkString("; ")}")
  }

  /** One expression for each input, as the encoder wants it. */
  def arguments: Seq[Expression] =
    perInput.fold(wrong => throw new IllegalStateException(wrong.mkString("; ")), identity)

  def depths: Seq[Int] = arguments.map(argument => TensorTypes.depth(argument.dataType))

  override def eval(row: InternalRow): Any = predictor.predict(row)

  override protected def withNewChildrenInternal(children: IndexedSeq[Expression]): Expression =
    copy(children = children)

  private lazy val perInput = Arguments.resolve(children, signature)
}
