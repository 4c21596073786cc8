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
 * A model as an expression. [[ExtractPredicts]] moves it into a [[BatchPredict]]. If it cannot,
 * `eval` computes the same result row by row.
 *
 * Wrong columns fail at analysis. A null input gives a null result. If every result is a struct, it
 * gives a struct with a null value. The expression is deterministic unless the model draws random
 * numbers. It is never foldable, since the driver must not load a model to evaluate a constant.
 *
 * @param passed
 *   the arguments as the query gives them. `arguments` has one expression for each input.
 * @param binding
 *   the assignment of `passed` to inputs
 * @param functionName
 *   the function's name in the query
 * @param model
 *   a resolved spec
 * @param newer
 *   for a model that follows its latest version: a newer version, not yet decided on, that existed
 *   when the call was written. It distinguishes the call from cached calls of the current version.
 *   The optimizer decides on the version.
 * @param mark
 *   a mark of [[OnExecutors]]
 * @param nesting
 *   0 for a call that is made for each row. Otherwise the call is made for each element of arrays
 *   with this nesting. The elements are structs with a field for each input, as the encoder
 *   requires. The result is nested in the same way. [[LambdaCalls]] creates such calls.
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

  /** Shows the input of each argument if there are several. */
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

  // Named arguments in another order are the same call.
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

  // Like `rand()`: Spark neither copies nor pushes down nor shares a nondeterministic call.
  override lazy val deterministic: Boolean =
    signature.deterministic && children.forall(_.deterministic)

  override def nullable: Boolean = if (nesting == 0) isResultNullable else passed.head.nullable

  // A struct with details is never null.
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

  /** The fields of a result besides its value. */
  def detail: ResultDetail = ResultDetail(
    settings.onError == OnError.Struct || settings.onError == OnError.Late,
    if (settings.modelVersion) Some(model.version) else None
  )

  override def checkInputDataTypes(): TypeCheckResult = perInput match {
    case Right(_) => TypeCheckResult.TypeCheckSuccess
    case Left(wrong) =>
      TypeCheckResult.TypeCheckFailure(CallProblem.message(wrong, model.label))
  }

  /**
   * Returns one expression for each input, as the encoder requires, or the arrays of their structs.
   */
  def arguments: Seq[Expression] =
    perInput.fold(
      wrong => throw new IllegalStateException(CallProblem.message(wrong, model.label)),
      identity
    )

  /** Returns the position of each input in a row of all arguments, or in a struct of them. */
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

  /** Whether an expression contains a call. */
  def isIn(expression: Expression): Boolean = expression.exists(_.isInstanceOf[Predict])

  // Returns the fields' types of the structs in arrays.
  private def fields(arrays: DataType): Seq[DataType] = arrays match {
    case ArrayType(inner, _) => fields(inner)
    case StructType(fields) => fields.map(_.dataType).toSeq
    case other => throw new IllegalStateException(s"$other holds no arguments")
  }
}
