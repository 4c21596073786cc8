package tfpredict.columns

import java.nio.FloatBuffer

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow
import org.apache.spark.unsafe.types.UTF8String

import tfpredict.tensor.NumberTensor

/** Creates results in the form of one kind of row. The counterpart of [[RowReader]]. */
private[tfpredict] trait RowWriter[V] extends Serializable {

  /**
   * Returns the results of a batch, by the row's number in it.
   *
   * @param outputs
   *   for each function its outputs
   */
  def results(outputs: IndexedSeq[IndexedSeq[OutputColumn]]): RowResults[V]

  /** The result of a row with a null input. */
  def nothing: V

  /**
   * Returns the result of a row that some functions reject, if a rejected row does not fail the
   * task.
   *
   * @param answers
   *   for each function the place of its result, or the reason that it has none
   */
  def mixed(answers: IndexedSeq[Either[String, RowOutputs]]): V
}

/** The place of a row in a function's outputs. */
final private[tfpredict] case class RowOutputs(outputs: IndexedSeq[OutputColumn], row: Int)

/** Writes rows of an RDD. A row is one flat array of floats, the one output of one function. */
private[tfpredict] object ArrayWriter extends RowWriter[Array[Float]] {
  override def results(outputs: IndexedSeq[IndexedSeq[OutputColumn]]): RowResults[Array[Float]] =
    outputs match {
      case IndexedSeq(IndexedSeq(column)) =>
        val numbers = floats(column)
        row => {
          val result = new Array[Float](column.length)
          numbers.position(row * column.length)
          numbers.get(result)
          result
        }
      case _ => throw new UnsupportedOperationException("a row is one output of one function")
    }

  private def floats(column: OutputColumn): FloatBuffer = column.tensor match {
    case numbers: NumberTensor =>
      numbers.buffer.duplicate().order(numbers.buffer.order).asFloatBuffer()
    case _ => throw new UnsupportedOperationException("an RDD's rows are floats")
  }

  override def nothing: Array[Float] = null

  override def mixed(answers: IndexedSeq[Either[String, RowOutputs]]): Array[Float] =
    answers.head match {
      case Left(_) => null
      case Right(RowOutputs(outputs, row)) => results(Vector(outputs)).of(row)
    }
}

/**
 * Writes rows of Spark SQL, with one field per function. A field is a value, a struct if the
 * function has several outputs, or the struct of a [[ResultDetail]]. All rows of a batch share one
 * row object, and all arrays of a field share one array. So a caller must copy a result to keep it.
 * The struct of a [[ResultDetail]] is never null.
 *
 * @param details
 *   the details of each function
 */
final private[tfpredict] class InternalRowWriter(details: Seq[ResultDetail])
    extends RowWriter[InternalRow] {

  override def results(outputs: IndexedSeq[IndexedSeq[OutputColumn]]): RowResults[InternalRow] = {
    val row = new ResultRow(outputs.zip(details).map { case (columns, detail) =>
      field(columns, detail)
    })
    index => row.at(index)
  }

  private def field(columns: IndexedSeq[OutputColumn], detail: ResultDetail): ResultField = {
    val value = columns match {
      case IndexedSeq(output) => ResultField.of(output)
      case several => new ResultField.Struct(new ResultRow(several.map(ResultField.of)))
    }
    if (detail.isPlain) value
    else {
      val fields = detail.fields[ResultField](
        value,
        ResultField.Absent,
        _.fold[ResultField](ResultField.Absent)(new ResultField.Constant(_))
      )
      new ResultField.Struct(new ResultRow(fields.toIndexedSeq))
    }
  }

  // Even here a result with details is a struct, with null fields.
  override val nothing: InternalRow = new GenericInternalRow(details.map(without(_, null)).toArray)

  override def mixed(answers: IndexedSeq[Either[String, RowOutputs]]): InternalRow =
    new GenericInternalRow(answers.zip(details).map {
      case (Left(reason), detail) => without(detail, reason)
      case (Right(RowOutputs(outputs, row)), detail) => field(outputs, detail).get(row): Any
    }.toArray)

  private def without(detail: ResultDetail, reason: String): Any =
    if (detail.isPlain) null
    else {
      val error = if (reason == null) null else UTF8String.fromString(reason)
      new GenericInternalRow(detail.fields[Any](null, error, _.map(Long.box).orNull).toArray)
    }
}
