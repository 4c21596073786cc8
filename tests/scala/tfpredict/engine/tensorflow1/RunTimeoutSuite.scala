package tfpredict.engine.tensorflow1

import java.nio.file.{Files, Paths}

import com.google.protobuf.ByteString
import org.tensorflow.framework.{DataType, NamedTensorProto, TensorProto, TensorShapeProto}

import tfpredict.TinyModels._
import tfpredict.batch.PartitionPredictor
import tfpredict.columns.{ArrayReader, ArrayWriter, InputColumn}
import tfpredict.engine.Engine
import tfpredict.model.{ModelLoader, ModelVerifier}
import tfpredict.rdd.RddPredictor
import tfpredict.savedmodel.adapt.ExampleFile
import tfpredict.savedmodel.store.ModelStore
import tfpredict.{
  LocalModel,
  LoopModels,
  ModelLoadException,
  ModelRunException,
  ModelSpec,
  OnError,
  PredictOptions,
  ProcessorTime,
  Settings,
  SparkSuite,
  TestModels,
  Tfpredict
}

/** A model whose loop never ends for some rows, and one that waits forever. */
class RunTimeoutSuite extends SparkSuite {

  override protected def settings: Map[String, String] =
    Map("spark.tfpredict.run.timeout" -> "1500ms")

  /** Runs an endless call. Returns its failure, which comes soon after the timeout. */
  private def ended(run: => Any): ModelRunException = {
    val began = System.nanoTime
    val failed = causeOf[ModelRunException](intercept[Exception](run))
    val took = (System.nanoTime - began) / 1e9
    assert(took > 1.4 && took < 30, s"took $took s")
    assert(failed.found == "a run that did not end within 1500 ms")
    assert(failed.expected.endsWith("to run in time"))
    assert(failed.fix.contains("spark.tfpredict.run.timeout to more time"))
    failed
  }

  private def assertIdle(): Unit = {
    ProcessorTime.assertIdle()
    assert(Engine.installed.liveTensors == 0)
  }

  for ((kind, model) <- LoopModels.All) {
    test(s"$kind: an endless loop is ended in SQL, for every on_error") {
      val spec = model()
      for (onError <- Seq("fail", "null", "struct")) {
        val name = s"${kind}_$onError"
        Tfpredict.register(spark, spec, name, PredictOptions(onError = OnError.of(onError)))
        val failed = ended(
          spark.sql(
            s"SELECT $name(IF(id = 2, CAST('infinity' AS FLOAT), 3f)) FROM range(0, 3, 1, 1)"
          ).collect()
        )
        assert(failed.expected == "a batch of [3] to run in time")
        assert(failed.errorClass == "TFPREDICT_RUN_TIMEOUT")
        assert(failed.model.contains(spec.path))
        // The model still serves.
        assert(spark.sql(s"SELECT max($name(5f)) FROM range(3)").head().get(0) != null)
      }
      assertIdle()
    }

    test(s"$kind: an endless loop is ended on an RDD") {
      val rows = spark.sparkContext.parallelize(Seq(Array(Float.PositiveInfinity)), 1)
      ended(new RddPredictor(model()).predict(rows).collect())
      assertIdle()
    }

    test(s"$kind: an endless loop is ended without Spark") {
      val predictor = new PartitionPredictor(
        Seq(ModelStore.resolve(model())),
        Settings.default.copy(runTimeout = 1500),
        Seq(InputColumn(ordinal = 0, depth = 1)),
        ArrayReader,
        ArrayWriter
      )
      try {
        ended(predictor.predict(Iterator(Array(Float.PositiveInfinity))).toArray)
        assert(predictor.predict(Iterator(Array(7f))).toArray.map(_.toSeq).toSeq == Seq(Seq(7f)))
      } finally predictor.close()
      assertIdle()
    }
  }

  for ((kind, model) <- LoopModels.Endless)
    test(s"$kind: a loop that is endless for every row is ended, also in a process of its own") {
      val spec = model()
      val settings = Settings.default.copy(runTimeout = 1500)
      val predictor = new PartitionPredictor(
        Seq(ModelStore.resolve(spec)),
        settings,
        Seq(InputColumn(ordinal = 0, depth = 1)),
        ArrayReader,
        ArrayWriter
      )
      try ended(predictor.predict(Iterator(Array(1f))).toArray)
      finally predictor.close()
      assertIdle()
      keepExample(spec)
      ended(ModelVerifier.verifyApart(spec, settings))
    }

  // A row of 1, with the result 1.
  private def keepExample(spec: ModelSpec): Unit = {
    val versions = Seq("1", "").map(Paths.get(spec.path).resolve(_))
    val file = versions.find(Files.isDirectory(_)).get.resolve(ExampleFile.Name)
    Files.createDirectories(file.getParent)
    val out = Files.newOutputStream(file)
    try
      for (name <- Seq("inputs/x", "outputs/y"))
        NamedTensorProto.newBuilder
          .setName(s"serving_default/$name")
          .setTensor(
            TensorProto.newBuilder
              .setDtype(DataType.DT_FLOAT)
              .setTensorShape(
                TensorShapeProto.newBuilder.addDim(TensorShapeProto.Dim.newBuilder.setSize(1))
              )
              .setTensorContent(ByteString.copyFrom(Array[Byte](0, 0, -128, 63)))
          )
          .build
          .writeDelimitedTo(out)
    finally out.close()
  }

  test("a model that never finishes loading is ended too") {
    val waiting = write(
      Seq(Tensor("x", "x:0", DataType.DT_FLOAT, -1)),
      Seq(Tensor("y", "x:0", DataType.DT_FLOAT, -1)),
      Seq(
        placeholder("x", DataType.DT_FLOAT, -1),
        node("FIFOQueueV2", "queue")("component_types" -> kinds(DataType.DT_FLOAT)),
        node("QueueDequeueV2", "wait", "queue")("component_types" -> kinds(DataType.DT_FLOAT))
      ),
      initializer = Some("wait")
    )
    val settings = Settings.default.copy(runTimeout = 1000)
    val refused = intercept[ModelLoadException](
      new ModelLoader(Engine.installed).load(ModelStore.resolve(waiting), settings)
    )
    assert(refused.fix.contains("spark.tfpredict.run.timeout to more time than 1000 ms"))
  }

  test("0 means no limit, and a model within the limit runs") {
    for (timeout <- Seq(0L, 60000L, Long.MaxValue)) {
      val spec = ModelStore.resolve(LoopModels.ofFrames(isEndless = false))
      val predictor = new PartitionPredictor(
        Seq(spec),
        Settings.default.copy(runTimeout = timeout),
        Seq(InputColumn(ordinal = 0, depth = 1)),
        ArrayReader,
        ArrayWriter
      )
      try assert(predictor.predict(Iterator(Array(9f))).next().toSeq == Seq(9f))
      finally predictor.close()
    }
    val local = LocalModel.load(ModelSpec(TestModels.spec("linear").path))
    try assert(local.run(Array(Array(1f, 2f))).length == 1)
    finally local.close()
  }
}
