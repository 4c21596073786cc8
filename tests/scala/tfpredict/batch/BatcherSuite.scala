package tfpredict.batch

import scala.collection.mutable

import org.scalatest.funsuite.AnyFunSuite

class BatcherSuite extends AnyFunSuite {

  /** Doubles each even number, and records the batches. */
  private class Doubling(size: Int) {
    val batches: mutable.Buffer[Seq[Int]] = mutable.Buffer.empty
    private val open = mutable.Buffer.empty[Int]

    def apply(rows: Iterator[Int]): Batcher[Int, Option[Int]] =
      new Batcher[Int, Option[Int]](rows, size, append, flush, None)

    private def append(row: Int): Boolean = {
      if (row % 2 == 0) open += row
      row % 2 == 0
    }

    private def flush(rows: Int): IndexedSeq[Option[Int]] = {
      assert(rows == open.size)
      batches += open.toList
      val results = open.map(row => Option(2 * row)).toIndexedSeq
      open.clear()
      results
    }
  }

  private def expected(rows: Seq[Int]): Seq[Option[Int]] =
    rows.map(row => if (row % 2 == 0) Some(2 * row) else None)

  test("one result a row, in order, for every size and mix") {
    for (size <- 1 to 5; count <- 0 to 40; step <- 1 to 3) {
      val rows = (0 until count).map(_ * step)
      assert(new Doubling(size)(rows.iterator).toSeq == expected(rows), s"size $size, rows $rows")
    }
  }

  test("batches are full but for the last") {
    val doubling = new Doubling(3)
    doubling(Iterator(0, 2, 4, 6, 8, 10, 12)).toList
    assert(doubling.batches == Seq(Seq(0, 2, 4), Seq(6, 8, 10), Seq(12)))
  }

  test("an empty partition runs nothing") {
    val doubling = new Doubling(3)
    assert(doubling(Iterator.empty).isEmpty)
    assert(doubling.batches.isEmpty)
  }

  test("rows that are not taken run nothing and are not buffered without end") {
    val doubling = new Doubling(2)
    var read = 0
    val rows = Iterator.continually { read += 1; 1 }
    assert(doubling(rows).next().isEmpty)
    assert(read == 8)
    assert(doubling.batches.isEmpty)
  }

  test("no row is read before it is asked for") {
    var read = 0
    val results = new Doubling(2)(Iterator.continually { read += 1; 2 })
    assert(read == 0)
    results.next()
    assert(read == 2)
  }
}
