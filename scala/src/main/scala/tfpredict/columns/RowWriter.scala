package tfpredict.columns

import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData
import org.apache.spark.sql.catalyst.util.GenericArrayData

/**
 * Makes one row's result from its numbers, as one kind of row stores it. The counterpart of
 * [[RowReader]].
 */
private[tfpredict] trait RowWriter[V] extends Serializable {

  /** A row's numbers, nested as the tensor is; `depth` is 0 where the result is a single number. */
  def result(numbers: Array[Float], inner: Vector[Int], depth: Int): V

  /** The result of a row that had a null input. */
  def nothing: V
}

/** A row of an RDD: always a flat array, as the way in is. */
private[tfpredict] object ArrayWriter extends RowWriter[Array[Float]] {
  override def result(numbers: Array[Float], inner: Vector[Int], depth: Int): Array[Float] = numbers

  override def nothing: Array[Float] = null
}

/** A value in Spark SQL's own rows: a float, or arrays of them. */
private[tfpredict] object InternalValueWriter extends RowWriter[Any] {
  override def result(numbers: Array[Float], inner: Vector[Int], depth: Int): Any =
    if (depth == 0) numbers(0)
    else if (depth == 1) UnsafeArrayData.fromPrimitiveArray(numbers)
    else nested(numbers, 0, inner)

  override def nothing: Any = null

  private def nested(numbers: Array[Float], from: Int, inner: Vector[Int]): Any =
    if (inner.size == 1) {
      UnsafeArrayData.fromPrimitiveArray(numbers.slice(from, from + inner.head))
    } else {
      val size = inner.tail.product
      new GenericArrayData(
        Array.tabulate[Any](inner.head)(i => nested(numbers, from + i * size, inner.tail))
      )
    }
}
