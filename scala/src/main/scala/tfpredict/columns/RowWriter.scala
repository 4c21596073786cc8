package tfpredict.columns

import java.nio.FloatBuffer

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow
import org.apache.spark.unsafe.types.UTF8String

import tfpredict.tensor.NumberTensor

/** Makes rows' results, as one kind of row stores them. The counterpart of [[RowReader]]. */
private[tfpredict] trait RowWriter[V] extends Serializable {

  /**
   * The results of a batch by their row's number in it.
   *
   * @param outputs
   *   for each function that ran, its outputs
   */
  def results(outputs: IndexedSeq[IndexedSeq[OutputColumn]]): RowResults[V]

  /** The result of a row that had a null input. */
  def nothing: V

  /**
   * The result of a row that some functions reject, where that does not fail the task.
   *
   * @param answers
   *   for each function, where its answer is, or why there is none
   */
  def mixed(answers: IndexedSeq[Either[String, RowOutputs]]): V
}

/** A row's place in the outputs of a function. */
final private[tfpredict] case class RowOutputs(outputs: IndexedSeq[OutputColumn], row: Int)

/** A row of an RDD: one flat array of floats, of one function with one output. */
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
 * A row of Spark SQL, with a field for each function: its value, or a struct where it has several
 * outputs, or a [[ResultDetail]]. It is one object for all rows of a batch, and its arrays one
 * each: whoever keeps a result copies it. A [[ResultDetail]] is there for each row, a null one too.
 *
 * @param details
 *   for each function
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

  // A result that is a struct is one for each row.
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
