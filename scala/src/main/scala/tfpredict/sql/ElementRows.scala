package tfpredict.sql

import java.util.ArrayDeque

import scala.collection.mutable

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow
import org.apache.spark.sql.catalyst.util.{ArrayData, GenericArrayData}

/**
 * Rows that have arrays of arguments, as one stream of a model's rows, an element each, and the
 * model's results as arrays again. Belongs to one task.
 *
 * Invariant: each array gives the model a row at least. Where it is null or empty, that is a row of
 * nulls, which does not run: so what waits for results is bounded, whatever the arrays are.
 */
final private[sql] class ElementRows(arrays: ElementArrays) {
  private val absent = new GenericInternalRow(arrays.fields)
  // Of all arrays whose results are to come, outermost first: their lengths, -1 for a null.
  private val lengths = new ArrayDeque[Integer]
  // The innermost arrays of the current row, null for one without elements.
  private val current = mutable.ArrayBuffer.empty[ArrayData]
  private var count = 0L

  /** The number of the row whose elements are read, counted from 1. */
  def number: Long = count

  /** @param rows each is read before the next is asked for */
  def flatten(rows: Iterator[InternalRow]): Iterator[InternalRow] = rows.flatMap { row =>
    count += 1
    current.clear()
    val isNull = row.isNullAt(arrays.column)
    enter(if (isNull) null else row.getArray(arrays.column), arrays.nesting)
    current.iterator.flatMap(elements)
  }

  /** @param results of all rows that `flatten` gave, in their order */
  def gather(results: Iterator[InternalRow]): Iterator[InternalRow] =
    new Iterator[InternalRow] {
      override def hasNext: Boolean = results.hasNext

      // A row is read, and its arrays' lengths known, before its first result is asked for.
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

  // For each function an array; a result is copied, since the next is shown by the same object.
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
