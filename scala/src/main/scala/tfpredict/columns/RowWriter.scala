package tfpredict.columns

import java.nio.FloatBuffer

import org.apache.spark.sql.catalyst.InternalRow

import tfpredict.{NumberTensor, StringTensor}

/** Makes rows' results, as one kind of row stores them. The counterpart of [[RowReader]]. */
private[tfpredict] trait RowWriter[V] extends Serializable {

  /**
   * The results of a batch by their row's number in it.
   *
   * @param outputs
   *   for each function that ran, its outputs
   */
  def results(outputs: IndexedSeq[IndexedSeq[OutputColumn]]): Int => V

  /** The result of a row that had a null input. */
  def nothing: V
}

/** A row of an RDD: one flat array of floats, of one function with one output. */
private[tfpredict] object ArrayWriter extends RowWriter[Array[Float]] {
  override def results(outputs: IndexedSeq[IndexedSeq[OutputColumn]]): Int => Array[Float] =
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
    case _: StringTensor => throw new UnsupportedOperationException("an RDD's rows are floats")
  }

  override def nothing: Array[Float] = null
}

/**
 * A row of Spark SQL, with a field for each function: its value, or a struct where it has several
 * outputs. It is one object for all rows of a batch, and its arrays one each: whoever keeps a
 * result copies it.
 */
private[tfpredict] object InternalRowWriter extends RowWriter[InternalRow] {
  override def results(outputs: IndexedSeq[IndexedSeq[OutputColumn]]): Int => InternalRow = {
    val row = new ResultRow(outputs.map {
      case IndexedSeq(output) => ResultField.of(output)
      case several => new ResultField.Struct(new ResultRow(several.map(ResultField.of)))
    })
    index => row.at(index)
  }

  override def nothing: InternalRow = null
}
