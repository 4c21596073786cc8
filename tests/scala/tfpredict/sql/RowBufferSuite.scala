package tfpredict.sql

import org.apache.spark.TaskContext
import org.apache.spark.tfpredict.TaskMemory

import tfpredict.{SparkSuite, TestModels, Tfpredict}

/** The queue of rows that wait for a batch, and its memory accounting. */
class RowBufferSuite extends SparkSuite {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    Tfpredict.register(spark, TestModels.spec("linear"), "linear")
    ()
  }

  // Waiting rows of 1,000 bytes and more.
  private def rows =
    spark
      .range(0, 20000, 1, 1)
      .selectExpr("id", "repeat(string(id % 10), 1000) AS text", "array(float(id), 1f) AS f")
      .repartition(1)
      .selectExpr("id", "text", "linear(f) - linear(array(0f, 1f)) AS y")

  test("Spark's memory manager knows of the rows that wait") {
    val known = rows.queryExecution.toRdd.mapPartitions { found =>
      found.take(5000).foreach(_ => ())
      Iterator.single(TaskMemory.of(TaskContext.get()).getMemoryConsumptionForThisTask)
    }
    // At least one window of 1,024 rows.
    assert(known.collect().head > 1000000)
  }

  test("rows keep their own values, however much memory they need") {
    val wrong = rows.where("text != repeat(string(id % 10), 1000) OR abs(y - 1.9978589 * id) > 1")
    assert(wrong.count() == 0)
  }
}
