package tfpredict.model

import java.nio.ByteBuffer

import scala.collection.mutable

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.Settings

class MemoryWatchSuite extends AnyFunSuite {
  private val MB = 1L << 20

  private class Watched(limit: Option[Long]) {
    var found: Option[Long] = None
    var looks = 0
    val lines: mutable.ArrayBuffer[String] = mutable.ArrayBuffer.empty[String]
    val settings: Settings = Settings.default.copy(outsideHeap = limit)
    val watch = new MemoryWatch(
      () => {
        looks += 1
        found
      },
      line => { lines += line; () }
    )

    def at(megabytes: Long): Int = {
      found = Some(megabytes * MB)
      watch.look(settings)
      lines.size
    }
  }

  test("one line near the limit, and another only after the memory had fallen") {
    val watched = new Watched(Some(1000 * MB))
    assert(Seq(100L, 899L, 900L, 1200L, 950L).map(watched.at) == Seq(0, 0, 1, 1, 1))
    // A small decrease does not count. Otherwise a value that goes up and down would flood the log.
    assert(Seq(880L, 910L).map(watched.at) == Seq(1, 1))
    assert(Seq(799L, 901L).map(watched.at) == Seq(1, 2))
    assert(watched.lines.head.contains("900 MB outside its heap"))
    assert(watched.lines.head.contains("leaves room for 1000 MB"))
    assert(watched.lines.head.contains(
      "Set more spark.executor.memoryOverhead, else fewer spark.tfpredict.batch.rows"
    ))
  }

  test("memory is checked in some batches, and never without a limit") {
    val watched = new Watched(Some(1000 * MB))
    watched.found = Some(2000 * MB)
    for (_ <- 1L to 3 * MemoryWatch.Every) watched.watch.onBatches(watched.settings)
    assert(watched.looks == 3)
    assert(watched.lines.size == 1)
    val local = new Watched(None)
    for (_ <- 1L to MemoryWatch.Every) local.watch.onBatches(local.settings)
    assert(local.at(5000) == 0)
    assert(local.looks == 0)
  }

  test("a system without these figures is no error") {
    val watched = new Watched(Some(1000 * MB))
    watched.watch.look(watched.settings)
    assert(watched.looks == 1 && watched.lines.isEmpty)
  }

  test("memory outside the heap is seen as it is taken") {
    val before = MemoryWatch.here.get
    assert(before > 0)
    val taken = ByteBuffer.allocateDirect(300 << 20)
    for (place <- 0 until taken.capacity by 4096) taken.put(place, 1.toByte)
    val grown = MemoryWatch.here.get - before
    // This is an estimate, since the committed heap is subtracted.
    assert(grown > 100 * MB && grown < 600 * MB, s"${grown / MB} MB")
    assert(taken.get(0) == 1)
  }
}
