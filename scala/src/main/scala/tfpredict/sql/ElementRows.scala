package tfpredict.sql

import java.util.ArrayDeque

import scala.collection.mutable

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow
import org.apache.spark.sql.catalyst.util.{ArrayData, GenericArrayData}

/**
 * Converts rows with arrays of arguments into a stream of rows, one per element, and the results
 * into arrays again. Belongs to one task.
 *
 * Invariant: each array gives at least one row. A null or empty array gives a row of nulls, for
 * which the model does not run. This bounds the data that waits for results.
 */
final private[sql] class ElementRows(arrays: ElementArrays) {
  private val absent = new GenericInternalRow(arrays.fields)
  // The lengths of all arrays that wait for results, outermost first. A null array has -1.
  private val lengths = new ArrayDeque[Integer]
  // The innermost arrays of the current row. An array without elements is null here.
  private val current = mutable.ArrayBuffer.empty[ArrayData]
  private var count = 0L

  /** The number of the row whose elements are being read, from 1. */
  def number: Long = count

  /**
   * Returns a row for each element.
   *
   * @param rows
   *   each is read before the next one is requested
   */
  def flatten(rows: Iterator[InternalRow]): Iterator[InternalRow] = rows.flatMap { row =>
    count += 1
    current.clear()
    val isNull = row.isNullAt(arrays.column)
    enter(if (isNull) null else row.getArray(arrays.column), arrays.nesting)
    current.iterator.flatMap(elements)
  }

  /**
   * Returns the results as arrays.
   *
   * @param results
   *   the results of all rows that `flatten` returned, in their order
   */
  def gather(results: Iterator[InternalRow]): Iterator[InternalRow] =
    new Iterator[InternalRow] {
      override def hasNext: Boolean = results.hasNext

      // Requesting the first result reads the row, so its arrays' lengths are then known.
      override def next(): InternalRow =
        if (hasNext) new GenericInternalRow(gathered(results, arrays.nesting))
        else Iterator.empty.next()
    }

  private def enter(array: ArrayData, nesting: Int): Unit = {
    val length = if (array == null) -1 else array.numElements()
    lengths.add(length)
    if (length <= 0) current += null
    else if (nesting == 1) current += array
    else {
      var index = 0
      while (index < length) {
        enter(if (array.isNullAt(index)) null else array.getArray(index), nesting - 1)
        index += 1
      }
    }
  }

  private def elements(array: ArrayData): Iterator[InternalRow] =
    if (array == null) Iterator.single(absent)
    else
      Iterator
        .range(0, array.numElements())
        .map(index => if (array.isNullAt(index)) absent else array.getStruct(index, arrays.fields))

  // Returns one array for each function. Results are copied, since one object shows them all.
  private def gathered(results: Iterator[InternalRow], nesting: Int): Array[Any] = {
    val length = lengths.remove().intValue
    if (length <= 0) {
      results.next()
      arrays.types.map(_ => if (length < 0) null else new GenericArrayData(Array.empty[Any]))
    } else {
      val found = arrays.types.map(_ => new Array[Any](length))
      var index = 0
      while (index < length) {
        if (nesting > 1) set(found, index, gathered(results, nesting - 1))
        else copy(results.next(), found, index)
        index += 1
      }
      found.map(new GenericArrayData(_))
    }
  }

  private def set(found: Array[Array[Any]], index: Int, inner: Array[Any]): Unit = {
    var function = 0
    while (function < found.length) {
      found(function)(index) = inner(function)
      function += 1
    }
  }

  private def copy(result: InternalRow, found: Array[Array[Any]], index: Int): Unit = {
    var function = 0
    while (function < found.length) {
      if (!result.isNullAt(function)) {
        found(function)(index) =
          InternalRow.copyValue(result.get(function, arrays.types(function)))
      }
      function += 1
    }
  }
}
