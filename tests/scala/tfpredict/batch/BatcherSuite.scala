package tfpredict.batch

import scala.collection.mutable

import org.scalatest.funsuite.AnyFunSuite

class BatcherSuite extends AnyFunSuite {

  /**
   * Doubles numbers that are no multiple of 5, in a group for each last bit, and records the
   * batches.
   */
  private class Doubling(
      size: Int,
      full: Int = Int.MaxValue,
      first: Int = Int.MaxValue,
      usual: Int = Int.MaxValue,
      isQuick: Int => Boolean = _ => false
  ) {
    val batches: mutable.Buffer[Seq[Int]] = mutable.Buffer.empty
    val ahead: mutable.Buffer[Boolean] = mutable.Buffer.empty
    private val open = Seq.fill(2)(mutable.Buffer.empty[Int])

    def apply(rows: Iterator[Int]): Batcher[Int, Option[Int]] =
      new Batcher[Int, Option[Int]](
        rows,
        first,
        math.min(usual, size),
        size,
        append,
        isQuick,
        () => isFull(),
        flush,
        _ => None
      )

    private def append(row: Int): Int =
      if (row % 5 == 0) -1
      else {
        open(row % 2) += row
        row % 2
      }

    private def isFull(): Boolean = open.map(_.size).sum >= full

    private def flush(isAhead: Boolean): RunningWindow[Option[Int]] = {
      batches ++= open.filter(_.nonEmpty).map(_.toList)
      ahead += isAhead
      val results = open.map(_.map(row => Option(2 * row)).toIndexedSeq)
      open.foreach(_.clear())
      () => group => row => results(group)(row)
    }
  }

  private def expected(rows: Seq[Int]): Seq[Option[Int]] =
    rows.map(row => if (row % 5 == 0) None else Some(2 * row))

  test("one result a row, in order, for every size and mix") {
    for (size <- 1 to 5; count <- 0 to 40; step <- 1 to 3) {
      val rows = (0 until count).map(_ * step)
      assert(new Doubling(size)(rows.iterator).toSeq == expected(rows), s"size $size, rows $rows")
    }
  }

  test("all batches except the last are full") {
    val doubling = new Doubling(3)
    doubling(Iterator(2, 4, 6, 8, 12, 14, 16)).toList
    assert(doubling.batches == Seq(Seq(2, 4, 6), Seq(8, 12, 14), Seq(16)))
  }

  test("windows grow from a few rows to their size") {
    val doubling = new Doubling(50, first = 3)
    assert(doubling(Iterator.continually(2).take(150)).toSeq == Seq.fill(150)(Some(4)))
    assert(doubling.batches.map(_.size) == Seq(3, 12, 48, 50, 37))
  }

  test("windows of usual size grow further while they are quick") {
    for (
      (quick, sizes) <-
        Seq(0 -> Seq(3, 8, 8, 8, 8), 8 -> Seq(3, 8, 32, 32), 40 -> Seq(3, 8, 32, 100))
    ) {
      val doubling = new Doubling(100, first = 3, usual = 8, isQuick = _ <= quick)
      assert(doubling(Iterator.continually(2).take(sizes.sum)).size == sizes.sum)
      assert(doubling.batches.map(_.size) == sizes)
    }
  }

  test("each group of a window is a batch") {
    val doubling = new Doubling(4)
    val rows = Seq(1, 2, 3, 4, 6, 7)
    assert(doubling(rows.iterator).toSeq == expected(rows))
    assert(doubling.batches == Seq(Seq(2, 4), Seq(1, 3), Seq(6), Seq(7)))
  }

  test("a window ends when it is full, but has at least one row") {
    for (full <- Seq(0, 1)) {
      val doubling = new Doubling(100, full)
      doubling(Iterator(2, 4, 6)).toList
      assert(doubling.batches == Seq(Seq(2), Seq(4), Seq(6)))
    }
  }

  test("an empty partition runs nothing") {
    val doubling = new Doubling(3)
    assert(doubling(Iterator.empty).isEmpty)
    assert(doubling.batches.isEmpty)
  }

  test("rows outside any group run nothing, and few of them are buffered") {
    val doubling = new Doubling(2)
    var read = 0
    val rows = Iterator.continually { read += 1; 5 }
    assert(doubling(rows).next().isEmpty)
    assert(read == 8)
    assert(doubling.batches.isEmpty)
  }

  test("rows are read on demand, except for one window after the first full one") {
    var read = 0
    val results = new Doubling(8, first = 2)(Iterator.continually { read += 1; 2 })
    assert(read == 0)
    results.next()
    assert(read == 2)
    results.next()
    results.next()
    assert(read == 10)
    (4 to 10).foreach(_ => results.next())
    assert(read == 10)
    results.next()
    assert(read == 26)
    (12 to 19).foreach(_ => results.next())
    assert(read == 34)
  }

  test("windows run ahead only while rows are read") {
    val doubling = new Doubling(8, first = 2)
    doubling(Iterator.fill(30)(2)).toList
    assert(doubling.batches.map(_.size) == Seq(2, 8, 8, 8, 4))
    assert(doubling.ahead == Seq(false, false, true, true, true))
    val one = new Doubling(8)
    one(Iterator.fill(16)(2)).toList
    assert(one.ahead == Seq(false, false))
  }
}
