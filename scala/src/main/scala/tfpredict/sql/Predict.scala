package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback
import org.apache.spark.sql.catalyst.expressions.{Cast, Expression}
import org.apache.spark.sql.types.DataType

import tfpredict.columns.TensorTypes
import tfpredict.{ModelSpec, Settings, Signature}

/**
 * A model as an expression: one child for each input of the signature, in its order.
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

  override lazy val dataType: DataType = TensorTypes.resultType(model, signature.outputs.head)

  override def checkInputDataTypes(): TypeCheckResult = {
    val inputs = signature.inputs
    if (children.size != inputs.size) {
      val expected = inputs.map(_.describe).mkString(", ")
      TypeCheckResult.TypeCheckFailure(
        s"${model.describe}: expected ${inputs.size} argument(s) for the input(s) $expected, found ${children.size}"
      )
    } else {
      val wrong = encoded.collect { case Left(why) => s"${model.describe}: $why" }
      if (wrong.isEmpty) TypeCheckResult.TypeCheckSuccess
      else TypeCheckResult.TypeCheckFailure(wrong.mkString("; "))
    }
  }

  /** The children as the encoder wants them: numbers of the inputs' dtypes, nested as they are. */
  lazy val arguments: Seq[Expression] = children.zip(encoded).map {
    case (child, Right(dataType)) if DataType.equalsIgnoreNullability(child.dataType, dataType) =>
      child
    case (child, Right(dataType)) => Cast(child, dataType)
    case (_, Left(why)) => throw new IllegalStateException(why)
  }

  def depths: Seq[Int] = children.map(child => TensorTypes.depth(child.dataType))

  override def eval(row: InternalRow): Any = predictor.predict(row)

  override protected def withNewChildrenInternal(children: IndexedSeq[Expression]): Expression =
    copy(children = children)

  private def encoded: Seq[Either[String, DataType]] =
    children.zip(signature.inputs).map {
      case (child, input) =>
        TensorTypes.encodedType(child.dataType, input, TensorTypes.innerShape(model, input))
    }
}
