package tfpredict.rdd

import tfpredict.diagnostics.ExecutorLoads
import tfpredict.{InputException, SignatureException, SparkSuite, TestModels}

class RddPredictorSuite extends SparkSuite {

  test("predictions are TensorFlow's, in the rows' order, over many partitions") {
    val golden = TestModels.golden(spark, "images")
    val rows = spark.sparkContext.makeRDD(golden.rows.toSeq, 5)
    assertClose(new RddPredictor(TestModels.spec("images")).predict(rows).collect(), golden.answers)
  }

  test("empty partitions and an empty RDD") {
    val predictor = new RddPredictor(TestModels.spec("linear"))
    val few = spark.sparkContext.makeRDD(Seq(Array(1f, 2f)), 8)
    assert(predictor.predict(few).count() == 1)
    assert(predictor.predict(spark.sparkContext.emptyRDD[Array[Float]]).count() == 0)
  }

  test("a wrong row fails the job with the reason, and the next job runs") {
    val predictor = new RddPredictor(TestModels.spec("linear"))
    val rows = spark.sparkContext.makeRDD(Seq(Array(1f, 2f), Array(1f, 2f, 3f)), 1)
    val failed = causeOf[InputException](intercept[Exception](predictor.predict(rows).collect()))
    assert(failed.getMessage.contains("Expected: length 2 at depth 1 in input"))
    assert(failed.getMessage.contains("Found: length 3, in row "))
    assert(predictor.predict(spark.sparkContext.makeRDD(Seq(Array(1f, 2f)))).count() == 1)
  }

  test("a model of two inputs is for SQL") {
    val refused = intercept[SignatureException](new RddPredictor(TestModels.spec("two_inputs")))
    assert(refused.getMessage.contains("one float32 input and one float32 output"))
  }

  test("the batch settings come from Spark's configuration, and wrong ones are refused") {
    val conf = spark.sparkContext.getConf
    // Spark's own Hadoop settings differ between versions.
    conf.getAll.map(_._1).filter(_.startsWith("spark.hadoop.")).foreach(conf.remove)
    assert(tfpredict.Settings.from(conf) == tfpredict.Settings(
      None,
      32L << 20,
      Set.empty,
      false,
      false,
      tfpredict.OnError.Fail,
      1800000L,
      None,
      false,
      16,
      8L << 30,
      None,
      16L << 30,
      tfpredict.Threads(intra = 1, inter = 0),
      tfpredict.options.HadoopSettings.none,
      None
    ))
    conf.set("spark.tfpredict.memory.models", "3").set("spark.tfpredict.memory.bytes", "2g")
    conf.set("spark.task.cpus", "3").set("spark.executor.cores", "6")
    assert(tfpredict.Settings.from(conf).threads == tfpredict.Threads(intra = 3, inter = 6))
    conf.set("spark.tfpredict.threads.intra", "2").set("spark.tfpredict.threads.inter", "4")
    conf.set(
      "spark.tfpredict.errors.max",
      "9"
    ).set("spark.tfpredict.disk.path", "/scratch").set("spark.tfpredict.disk.bytes", "1g")
    conf.set("spark.hadoop.fs.x", "y")
    conf.set("spark.tfpredict.batch.rows", "7").set("spark.tfpredict.batch.bytes", "1k")
    conf.set(
      "spark.tfpredict.ops.allowed",
      "ReadFile, Abort"
    ).set(
      "spark.tfpredict.verify.onLoad",
      "true"
    ).set("spark.tfpredict.links.allowed", "true").set("spark.tfpredict.run.timeout", "1500ms")
    assert(tfpredict.Settings.from(conf) == tfpredict.Settings(
      Some(7),
      1024,
      Set("ReadFile", "Abort"),
      true,
      true,
      tfpredict.OnError.Fail,
      1500L,
      Some(9L),
      false,
      3,
      2L << 30,
      Some("/scratch"),
      1L << 30,
      tfpredict.Threads(intra = 2, inter = 4),
      tfpredict.options.HadoopSettings.of(Seq("fs.x" -> "y")),
      None
    ))
    conf.set("spark.tfpredict.disk.path", "scratch")
    val relative = intercept[IllegalArgumentException](tfpredict.Settings.from(conf))
    assert(relative.getMessage.contains(
      "an absolute path for spark.tfpredict.disk.path. Found: scratch."
    ))
    conf.remove("spark.tfpredict.disk.path").set("spark.tfpredict.batch.rows", "0")
    val refused = intercept[IllegalArgumentException](tfpredict.Settings.from(conf))
    assert(refused.getMessage.contains("at least 1 for spark.tfpredict.batch.rows. Found: 0."))
    for (key <- Seq("spark.tfpredict.batch.rows", "spark.tfpredict.errors.max")) {
      val odd = conf.clone.set("spark.tfpredict.batch.rows", "8").set(key, "many")
      val named = intercept[NumberFormatException](tfpredict.Settings.from(odd))
      assert(named.getMessage.contains(key))
    }
  }

  test("executors report how often they have loaded a model") {
    val rows = spark.sparkContext.makeRDD(Seq.fill(64)(Array(1f, 2f)), 64)
    // A copy, so that no other suite in this JVM has closed it.
    val model = tfpredict.ModelSpec(TestModels.copy("linear").toString)
    new RddPredictor(model).predict(rows).count()
    val linear = ExecutorLoads.of(spark.sparkContext).filter(_.path == model.path)
    assert(linear.map(load => (load.executor, load.version, load.loads)) == Seq(("driver", 1L, 1)))
  }
}
