package tfpredict.sql

import tfpredict.{MemoryStreams, SparkSuite, TestModels, Tfpredict}

class StreamingSuite extends SparkSuite {

  test("a streaming query predicts in batches, in its filter too") {
    Tfpredict.register(spark, TestModels.spec("linear"), "linear")
    val session = spark
    import session.implicits._
    val source = MemoryStreams.of[Seq[Float]](spark)
    val query = source
      .toDF()
      .selectExpr("linear(value) AS y")
      .where("y > 4")
      .writeStream
      .format("memory")
      .queryName("predicted")
      .start()
    try {
      source.addData(Seq(1f, 2f), Seq(7f, 8f))
      query.processAllAvailable()
      source.addData(Seq(9f, 10f))
      query.processAllAvailable()
      val found = spark.table("predicted").collect().map(_.getFloat(0))
      assertClose(found.map(Array(_)), Array(Array(8.828995f), Array(10.765462f)))
      val plan = query.explainedPlan
      assert(plan.contains("Predict [linear("), plan)
    } finally query.stop()
  }

  implicit private class Explained(query: org.apache.spark.sql.streaming.StreamingQuery) {
    def explainedPlan: String = {
      val out = new java.io.ByteArrayOutputStream
      Console.withOut(out)(query.explain())
      out.toString
    }
  }
}
