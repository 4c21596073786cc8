package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback
import org.apache.spark.sql.types.{
  ArrayType,
  DataType,
  LongType,
  StringType,
  StructField,
  StructType
}

import tfpredict.columns.{InputColumn, ResultDetail, TensorTypes}
import tfpredict.messages.CallProblem
import tfpredict.tensor.Signature
import tfpredict.{ModelSpec, OnError, Settings}

/**
 * A model as an expression. [[ExtractPredicts]] moves it into a [[BatchPredict]]; where it cannot,
 * `eval` answers the same, a row at a time.
 *
 * Wrong columns fail at analysis. A null input gives a null result, or a struct of a null value
 * where every result is a struct. The expression is deterministic unless the model draws random
 * numbers, and never foldable: a model is not to be loaded on the driver for the sake of a
 * constant.
 *
 * @param passed
 *   what the query passes, as it is written; `arguments` is what it means
 * @param binding
 *   which of it is which input
 * @param functionName
 *   what the query calls it
 * @param model
 *   a resolved spec
 * @param newer
 *   where the latest version is asked for, one that was there when the call was written and had not
 *   been decided on: it tells the call from those that the version before it answered. The
 *   optimizer decides.
 * @param mark
 *   one of [[OnExecutors]]'s
 * @param nesting
 *   0 where the call is made for a row. Else it is made for each element of what is passed: arrays,
 *   so deeply nested, of structs with a field for each input, as the encoder wants it. The result
 *   is nested in the same way. [[LambdaCalls]] makes such calls.
 */
private[tfpredict] case class Predict(
    passed: Seq[Expression],
    binding: Binding,
    functionName: String,
    model: ModelSpec,
    signature: Signature,
    settings: Settings,
    newer: Option[ModelSpec] = None,
    mark: Expression = OnExecutors.mark,
    nesting: Int = 0
) extends Expression
    with CodegenFallback {

  @transient private lazy val predictor = new TaskPredictor(this)

  override def children: Seq[Expression] = passed :+ mark

  override def prettyName: String = functionName

  /** Says which input each argument is, where there are several. */
  override def toString: String = if (nesting > 0) s"$functionName(each of ${passed.head})"
  else {
    val names = signature.inputs.map(_.name)
    val shown = binding match {
      case Binding.ByName(order, _) if names.size > 1 =>
        names.zip(order).map { case (name, place) => s"$name => ${passed(place)}" }
      case _: Binding.ByPosition if names.size > 1 && names.size == passed.size =>
        names.zip(passed).map { case (name, argument) => s"$name => $argument" }
      case _ => passed.map(_.toString)
    }
    shown.mkString(s"$functionName(", ", ", ")")
  }

  override def sql: String = {
    val names = binding match {
      case Binding.ByName(_, written) => Seq.fill(passed.size - written.size)("") ++ written
      case _ => passed.map(_ => "")
    }
    passed
      .zip(names)
      .map { case (argument, name) => (if (name.isEmpty) "" else s"$name => ") + argument.sql }
      .mkString(s"$functionName(", ", ", ")")
  }

  // Written in another order, it is the same call.
  override lazy val canonicalized: Expression = binding match {
    case Binding.ByName(order, _) =>
      copy(
        passed = order.map(passed(_).canonicalized),
        binding = Binding.ByPosition(isCaseSensitive = true),
        mark = mark.canonicalized
      )
    case _ => withCanonicalizedChildren
  }

  override def foldable: Boolean = false

  // As `rand()`: Spark neither copies, pushes nor shares a call of a model that draws numbers.
  override lazy val deterministic: Boolean =
    signature.deterministic && children.forall(_.deterministic)

  override def nullable: Boolean = if (nesting == 0) isResultNullable else passed.head.nullable

  // A struct with details is there for each row.
  private def isResultNullable: Boolean = detail.isPlain

  override lazy val dataType: DataType =
    if (nesting == 0) resultType else resultsOf(passed.head.dataType)

  private def resultsOf(arrays: DataType): DataType = arrays match {
    case ArrayType(inner: ArrayType, containsNull) => ArrayType(resultsOf(inner), containsNull)
    case _ => ArrayType(resultType, isResultNullable)
  }

  /** The type of one result. */
  lazy val resultType: DataType = {
    val value = signature.outputs match {
      case Seq(output) => TensorTypes.resultType(output)
      case outputs =>
        StructType(outputs.map(out => StructField(out.name, TensorTypes.resultType(out))))
    }
    if (detail.isPlain) value
    else
      StructType(
        detail.fields(
          StructField("value", value),
          StructField("error", StringType),
          _ => StructField("model_version", LongType)
        )
      )
  }

  /** What a result holds beside its value. */
  def detail: ResultDetail = ResultDetail(
    settings.onError == OnError.Struct || settings.onError == OnError.Late,
    if (settings.modelVersion) Some(model.version) else None
  )

  override def checkInputDataTypes(): TypeCheckResult = perInput match {
    case Right(_) => TypeCheckResult.TypeCheckSuccess
    case Left(wrong) =>
      TypeCheckResult.TypeCheckFailure(CallProblem.message(wrong, model.label))
  }

  /** One expression for each input, as the encoder wants it, or the arrays of structs of them. */
  def arguments: Seq[Expression] =
    perInput.fold(
      wrong => throw new IllegalStateException(CallProblem.message(wrong, model.label)),
      identity
    )

  /** The columns of a row, or of a struct, that holds the arguments in their order. */
  def columns: Seq[InputColumn] = {
    val types =
      if (nesting == 0) arguments.map(_.dataType) else Predict.fields(passed.head.dataType)
    types.zipWithIndex.map { case (argument, ordinal) =>
      InputColumn(ordinal, TensorTypes.depth(argument))
    }
  }

  override def eval(row: InternalRow): Any = predictor.predict(row)

  override protected def withNewChildrenInternal(children: IndexedSeq[Expression]): Expression =
    copy(passed = children.init, mark = children.last)

  private lazy val perInput =
    if (nesting == 0) Arguments.resolve(passed, binding, signature) else Right(passed)
}

private[sql] object Predict {

  /** Whether there is a call in an expression. */
  def isIn(expression: Expression): Boolean = expression.exists(_.isInstanceOf[Predict])

  // Of the structs in arrays.
  private def fields(arrays: DataType): Seq[DataType] = arrays match {
    case ArrayType(inner, _) => fields(inner)
    case StructType(fields) => fields.map(_.dataType).toSeq
    case other => throw new IllegalStateException(s"$other holds no arguments")
  }
}
