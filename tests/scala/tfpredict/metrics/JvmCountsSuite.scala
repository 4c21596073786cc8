package tfpredict.metrics

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.counts.ModelCounts
import tfpredict.model.ModelCache
import tfpredict.{InputException, LocalModel, TestModels}

class JvmCountsSuite extends AnyFunSuite {

  private def figuresOf(reports: Array[ModelReport], path: String): Figures =
    reports.filter(_.model.path == path).map(_.figures) match {
      case Array(only) => only
      case found => fail(s"${found.length} reports of $path")
    }

  test("a model without Spark is counted while somebody counts, and not before or after") {
    val counts = new JvmCounts
    val spec = TestModels.spec("linear").copy(path = TestModels.copy("linear").toString)
    val rows = TestModels.random(1, 20, 2)
    val model = LocalModel.load(spec)
    try model.run(rows)
    finally model.close()
    ModelCache.shared.clear()
    ModelCounts.install(counts)
    try {
      val counted = LocalModel.load(spec)
      try {
        counted.run(rows)
        intercept[InputException](counted.run(Array(Array(1f))))
      } finally counted.close()
      ModelCache.shared.clear()
    } finally ModelCounts.remove(counts)
    val later = LocalModel.load(spec)
    try later.run(rows)
    finally later.close()

    val found = figuresOf(counts.changes(), spec.path)
    assert(found(Figures.Rows) == 20)
    assert(found(Figures.RejectedRows) == 1)
    assert(found(Figures.Batches) == found.batchesWithin(Figures.Bounds.length))
    assert(found(Figures.Batches) > 0 && found(Figures.BatchNanos) > 0)
    assert((found(Figures.Loads), found(Figures.Closes), found.loaded) == ((1, 1, 0)))
    assert(found(Figures.LoadNanos) > 0)
  }

  test("only changes are reported, and all of them until they have arrived") {
    val counts = new JvmCounts
    val model = counts.of("/m", Some(1))
    assert(counts.changes().isEmpty)
    model.onBatch(3, 1000)
    val first = counts.changes()
    model.onBatch(4, 1000)
    assert(figuresOf(counts.changes(), "/m")(Figures.Rows) == 7)
    counts.arrived(first)
    assert(figuresOf(counts.changes(), "/m")(Figures.Rows) == 7)
    counts.arrived(counts.changes())
    assert(counts.changes().isEmpty)
  }

  test("a model that is closed and reported makes room, and one that is loaded never does") {
    val counts = new JvmCounts(most = 2)
    val idle = counts.of("/idle", Some(1))
    idle.onLoaded(1, 1)
    counts.of("/used", Some(1)).onLoaded(1, 1)
    counts.of("/third", Some(1)).onRunFailed()
    assert(counts.changes().map(_.model.path).toSet == Set(
      "/idle",
      "/used",
      ModelVersion.Others.path
    ))
    idle.onClosed()
    counts.arrived(counts.changes())
    counts.of("/third", Some(1)).onRunFailed()
    counts.of("/fourth", Some(1)).onRunFailed()
    assert(counts.changes().map(_.model.path).toSet == Set("/third", ModelVersion.Others.path))
  }

  test("a driver that fails or is slow delays a report and loses nothing") {
    val counts = new JvmCounts
    var delivered = Seq.empty[Long]
    var attempts = 0
    val reporter = new Reporter(
      counts,
      1,
      reports => {
        attempts += 1
        if (attempts < 3) throw new IllegalStateException("no driver")
        delivered :+= figuresOf(reports, "/m")(Figures.Rows)
      }
    )
    counts.of("/m", None).onBatch(5, 10)
    val until = System.nanoTime + 10000000000L
    while (counts.changes().nonEmpty && System.nanoTime < until) Thread.sleep(1)
    counts.of("/m", None).onBatch(6, 10)
    reporter.stop()
    assert(delivered.last == 11 && attempts >= 3)

    val stuck = new Reporter(counts, 1, _ => Thread.sleep(60000))
    counts.of("/m", None).onBatch(6, 10)
    val started = System.nanoTime
    stuck.stop()
    assert(System.nanoTime - started < 2 * Reporter.Last * 1000000)
  }
}
