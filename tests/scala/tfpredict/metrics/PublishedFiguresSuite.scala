package tfpredict.metrics

import scala.collection.JavaConverters._

import com.codahale.metrics.MetricRegistry
import org.scalatest.funsuite.AnyFunSuite

class PublishedFiguresSuite extends AnyFunSuite {
  private def version(path: String, number: Option[Long] = Some(1)) = ModelVersion(path, number)

  test("a name is the last folder that is no version, in letters that every sink takes") {
    val published = new PublishedFigures(new MetricRegistry)
    def marked(name: String, path: String) = f"${name}_${path.hashCode}%08x"
    val named = Seq(
      version("/data/churn") -> "churn",
      version("hdfs://nn:8020/models/churn.v2/", Some(20)) -> "churn_v2",
      version("/data/digits/3", None) -> "digits",
      version("/data/my-model") -> "my_model",
      // Another path of that name is told apart, and is called the same whenever it is asked for.
      version("/data/my model") -> marked("my_model", "/data/my model"),
      version("/data/other") -> marked("other", "/data/other"),
      version("/模型") -> marked("__", "/模型"),
      ModelVersion.Others -> "other"
    )
    for (_ <- 1 to 2; (model, name) <- named) assert(published.nameOf(model)._1 == name)
    val versions = Seq(Some(20L), None).map(version("/m", _)) :+ ModelVersion.Others
    assert(versions.map(published.nameOf(_)._2) == Seq("20", "none", "all"))
  }

  test("metrics appear in a registry that has taken this one over, read the figures, and go") {
    val own = new MetricRegistry
    val published = new PublishedFigures(own)
    published.addAll(() => Figures.zero)
    val spark = new MetricRegistry
    spark.register("driver.plugin", own)
    val before = spark.getNames.size
    var rows = 7L
    published.add(
      version("/m"),
      () => Figures.of(place => if (place == Figures.Rows) rows else 2000000000L)
    )
    val name = "driver.plugin.model.m.version.1."
    def count(metric: String) = spark.getCounters.get(name + metric).getCount
    assert(count("rows") == 7)
    rows = 8
    assert(count("rows") == 8)
    assert(spark.getGauges.get(name + "batch_seconds_sum").getValue == 2.0)
    val bounds = spark.getNames.asScala.filter(_.startsWith(s"${name}batch_seconds_le_"))
    val wanted = Set(
      "0_0005",
      "0_001",
      "0_0025",
      "0_005",
      "0_01",
      "0_025",
      "0_05",
      "0_1",
      "0_25",
      "0_5",
      "1_0",
      "2_5",
      "10_0",
      "60_0",
      "Inf"
    )
    assert(bounds.map(_.stripPrefix(s"${name}batch_seconds_le_")).toSet == wanted)
    published.remove(version("/m"), isLastOfPath = true)
    assert(spark.getNames.size == before)
  }
}
