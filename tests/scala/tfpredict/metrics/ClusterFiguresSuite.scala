package tfpredict.metrics

import scala.collection.mutable

import org.scalatest.funsuite.AnyFunSuite

class ClusterFiguresSuite extends AnyFunSuite {
  private val names = mutable.LinkedHashSet.empty[String]

  private def cluster(most: Int = 10) = {
    names.clear()
    new ClusterFigures(model => names += model.path, model => names -= model.path, most)
  }

  private def report(
      executor: String,
      path: String,
      rows: Long,
      loads: Long = 0,
      closes: Long = 0,
      counting: Long = 1
  ) = {
    val values = Map(Figures.Rows -> rows, Figures.Loads -> loads, Figures.Closes -> closes)
    val figures = Figures.of(values.getOrElse(_, 0L))
    ExecutorReport(executor, Array(ModelReport(model(path), counting, figures, None)))
  }

  private def model(path: String) = ModelVersion(path, Some(1))

  test("totals of executors are added; a report that comes twice or late adds nothing") {
    val figures = cluster()
    figures.add(report("0", "/m", rows = 10, loads = 1))
    figures.add(report("1", "/m", rows = 5, loads = 1))
    figures.add(report("0", "/m", rows = 30, loads = 1))
    figures.add(report("0", "/m", rows = 30, loads = 1))
    figures.add(report("1", "/n", rows = 2))
    assert(figures.of(model("/m"))(Figures.Rows) == 35)
    assert(figures.of(model("/m")).loaded == 2)
    assert(figures.all(Figures.Rows) == 37)
    // An executor forgot the model, and counts it anew.
    figures.add(report("0", "/m", rows = 3, loads = 1, counting = 2))
    assert(figures.of(model("/m"))(Figures.Rows) == 38)
  }

  test("a lost executor keeps its rows and holds no model, whenever its last report comes") {
    val figures = cluster()
    // Spark's news of its start may come after its first report.
    figures.add(report("0", "/m", rows = 10, loads = 1))
    figures.begin("0", "here")
    figures.begin("1", "there")
    figures.add(report("1", "/m", rows = 1, loads = 1))
    assert(figures.reports.map(entry => (entry._1, entry._2)) == Seq(("0", "here"), ("1", "there")))
    figures.end("0")
    figures.end("0")
    assert(figures.of(model("/m")).loaded == 1)
    figures.add(report("0", "/m", rows = 12, loads = 2, closes = 1))
    assert(figures.of(model("/m"))(Figures.Rows) == 13)
    assert(figures.of(model("/m"))(Figures.Loads) == 3)
    assert(figures.of(model("/m")).loaded == 1)
    assert(figures.reports.map(_._1) == Seq("1"))
  }

  test("the version without news for the longest time makes room, and sums never fall") {
    val figures = cluster(most = 2)
    figures.add(report("0", "/a", rows = 1))
    figures.add(report("0", "/b", rows = 2))
    figures.add(report("0", "/a", rows = 5))
    figures.add(report("0", "/c", rows = 7))
    assert(names.toSeq == Seq("/a", "/c"))
    assert(figures.of(ModelVersion.Others)(Figures.Rows) == 2)
    assert(figures.models.map(_._1.path) == Seq("/a", "/c", ""))
    // It comes back with what is new only.
    figures.add(report("0", "/b", rows = 3))
    assert(names.toSeq == Seq("/c", "/b"))
    assert(figures.of(model("/b"))(Figures.Rows) == 1)
    assert(figures.of(ModelVersion.Others)(Figures.Rows) == 7)
    assert(figures.all(Figures.Rows) == 15)
  }

  test("quantiles lie between the bounds of the bucket that has them") {
    val buckets = Map(500000L -> 98L, 3000000L -> 1L, Long.MaxValue -> 1L)
    val figures = Figures.of { place =>
      buckets.collect { case (nanos, count) if Figures.bucket(nanos) == place => count }.sum
    }
    assert(Figures.zero.quantile(0.5).isEmpty)
    assert(figures.quantile(0.49).contains(250000.0))
    assert(figures.quantile(0.985).exists(time => time > 2.5e6 && time <= 5e6))
    // Nothing is known of the slowest but that it is slower.
    assert(figures.quantile(1).contains(60e9))
  }
}
