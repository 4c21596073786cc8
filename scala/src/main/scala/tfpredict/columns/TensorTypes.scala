package tfpredict.columns

import org.apache.spark.sql.types._

import tfpredict.messages.{CallProblem, ErrorClass}
import tfpredict.tensor.{DType, Signature, TensorShape, TensorSpec}
import tfpredict.{ModelSpec, SignatureException}

/**
 * The only table between tensors' dtypes and Spark's types. All checks of a column's type are made
 * here, before a job starts.
 */
private[tfpredict] object TensorTypes {

  // Spark has no unsigned byte. SMALLINT is the smallest type that holds all uint8 values.
  private val elements: Map[DType, DataType] = Map(
    DType.Float32 -> FloatType,
    DType.Float64 -> DoubleType,
    DType.UInt8 -> ShortType,
    DType.Int32 -> IntegerType,
    DType.Int64 -> LongType,
    DType.Bool -> BooleanType,
    DType.Utf8 -> StringType
  )

  private val supported = elements.keys.map(_.name).toSeq.sorted.mkString(", ")

  /** Refuses a tensor that maps to no column. */
  def check(model: ModelSpec, tensor: TensorSpec): Unit = {
    if (!elements.contains(tensor.dtype)) {
      refuse(model, s"a tensor of a supported dtype ($supported)", tensor, "Cast it in the model.")
    }
    val dims = tensor.shape.dims.getOrElse(Vector.empty)
    if (tensor.shape.dims.isEmpty) {
      refuse(
        model,
        "a tensor whose first dimension is the batch",
        tensor,
        "Export the model with a known rank, such as [None], or [None, None] where a row has an " +
          "array."
      )
    }
    if (dims.isEmpty) {
      refuse(
        model,
        "a tensor whose first dimension is the batch",
        tensor,
        s"Export the model with one for each row, ${ofBatch(dims)}, or with a constant in its place."
      )
    }
    if (tensor.shape.fixedBatch.contains(0L)) {
      val open = s"Export the model with an open batch, ${ofBatch(dims.tail)}."
      refuse(model, "at least one row", tensor, open)
    }
    val size = tensor.shape.inner.filter(_ >= 0).map(BigInt(_)).product
    if (size > Int.MaxValue / 8) {
      val fewer = "Export the model with fewer elements in a row, or in several tensors."
      refuse(model, "a row with fewer elements than a Spark array holds", tensor, fewer)
    }
  }

  /**
   * Refuses an output that maps to no column, or that has no result for each row: a scalar, a
   * constant, or a different number of rows than the inputs. An output of one row is accepted,
   * since the rows can then run one at a time.
   */
  def checkOutput(model: ModelSpec, output: TensorSpec, signature: Signature): Unit = {
    val rows = signature.inputs.flatMap(_.shape.fixedBatch).headOption.getOrElse(1L)
    def isForEachRow(tensor: TensorSpec): Boolean =
      tensor.shape.dims.exists(_.headOption.exists(dim => dim < 0 || dim == rows))
    if (!isForEachRow(output)) {
      val others = signature.outputs.filter(isForEachRow).map(_.name)
      val leave =
        if (others.isEmpty) "Export"
        else others.mkString("Leave it out with outputs=[\"", "\", \"", "\"], or export")
      refuse(
        model,
        "an output with a result for each row",
        output,
        s"$leave the model with a result for each row, ${example(output.shape, rows)}."
      )
    }
    check(model, output)
  }

  /**
   * Returns the Spark type of one row's result. `[batch]` and `[batch, 1]` give a scalar, other
   * shapes an array.
   */
  def resultType(tensor: TensorSpec): DataType =
    nested(elements(tensor.dtype), resultDepth(tensor))

  /**
   * Returns the Spark type of one row of an input or output, or none if the dtype has no such type.
   */
  def columnType(tensor: TensorSpec): Option[DataType] =
    if (elements.contains(tensor.dtype)) Some(resultType(tensor)) else None

  /** The nesting of a result's arrays. */
  def resultDepth(tensor: TensorSpec): Int =
    if (tensor.shape.inner == Vector(1L)) 0 else tensor.shape.inner.size

  /** The nesting of a column's arrays. */
  def depth(column: DataType): Int = column match {
    case ArrayType(element, _) => 1 + depth(element)
    case _ => 0
  }

  /**
   * Returns the type that a column is cast to before it is encoded, or the reason that it does not
   * fit this input. A column must be nested like the tensor. It may also be flat if all inner
   * dimensions are known, and a single number for `[batch, 1]`.
   */
  def encodedType(column: DataType, input: TensorSpec): Either[CallProblem, DataType] = {
    val nestings = nestingsOf(input)
    val element = elements(input.dtype)
    if (nestings.contains(depth(column)) && isCast(leaf(column), element)) {
      // Nulls stay allowed: a projection to a type without nulls would silently write zeros for
      // them.
      Right(nested(element, depth(column), containsNull = true))
    } else {
      val expected = nestings.map(n => nested(element, n).simpleString).mkString(" or ")
      val hint =
        if (isString(leaf(column)))
          "CAST the column. Spark reads a column of JSON that holds only nulls as strings."
        else if (leaf(column).typeName == "variant") "CAST the column, or use variant_get."
        else if (isOfMllib(column))
          "Convert the column to vectors of spark.ml, by MLUtils.convertVectorColumnsToML."
        else "CAST the column, or pass another one."
      val found = column.simpleString + (if (isOfMllib(column)) " of spark.mllib" else "") +
        s" for ${input.name}"
      Left(CallProblem(ErrorClass.ColumnType, s"$expected for input ${input.label}", found, hint))
    }
  }

  /**
   * Returns the same for a column of which only nulls are known. `NULL` stands for a null row, and
   * `array()` for an array of this input's elements. Returns none for any other column.
   */
  def encodedNull(column: DataType, input: TensorSpec): Option[DataType] =
    if (leaf(column) != NullType) None
    else {
      val nestings = nestingsOf(input)
      val fitting = if (depth(column) == 0) nestings.headOption
      else nestings.filter(_ >= depth(column)).sorted.headOption
      fitting.map(nested(elements(input.dtype), _, containsNull = true))
    }

  // The tensor's own nesting comes first, then a flat array or a single number.
  private def nestingsOf(input: TensorSpec): Seq[Int] = {
    val inner = input.shape.inner
    val flat = if (inner.nonEmpty && inner.forall(_ >= 0)) Seq(1) else Nil
    val scalar = if (inner == Vector(1L)) Seq(0) else Nil
    (inner.size +: (flat ++ scalar)).distinct
  }

  // Any number may be cast to a float, as Spark does implicitly. That includes doubles and
  // decimals, since Spark's literals have these types. Only types that always fit may be cast to an
  // integer.
  private def isCast(from: DataType, to: DataType): Boolean = to match {
    case FloatType | DoubleType => from.isInstanceOf[NumericType]
    case LongType => integers.take(4).contains(from)
    case IntegerType => integers.take(3).contains(from)
    // The encoder checks that each value fits a byte.
    case ShortType => integers.take(2).contains(from)
    case StringType => isString(from) || from == BinaryType
    case same => from == same
  }

  private def isOfMllib(column: DataType): Boolean =
    column.getClass.getName.startsWith("org.apache.spark.mllib.")

  // Spark 4 has a string type for each collation. A tensor's strings have none.
  private def isString(column: DataType): Boolean = column.isInstanceOf[StringType]

  private val integers = Seq(ByteType, ShortType, IntegerType, LongType)

  private def leaf(column: DataType): DataType = column match {
    case ArrayType(element, _) => leaf(element)
    case other => other
  }

  private def nested(element: DataType, depth: Int, containsNull: Boolean = false): DataType =
    if (depth == 0) element
    else ArrayType(nested(element, depth - 1, containsNull), containsNull)

  // The shape as an exporter writes it, for these dimensions of a row.
  private def ofBatch(row: Seq[Long]): String =
    ("None" +: row.map(dim => if (dim < 0) "None" else dim.toString)).mkString("[", ", ", "]")

  // A shape that the output could have instead. With a fixed batch size it has as many rows.
  private def example(shape: TensorShape, rows: Long): String = {
    val dims = shape.dims.getOrElse(Vector.empty)
    if (rows > 1) ofBatch(dims.drop(1)).replaceFirst("None", rows.toString) else ofBatch(dims)
  }
  private def refuse(model: ModelSpec, expected: String, tensor: TensorSpec, fix: String) =
    throw new SignatureException(
      ErrorClass.SignatureUnsupported,
      model.label,
      expected,
      tensor.label,
      fix
    )
}
