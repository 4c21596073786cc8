package tfpredict.batch

import java.util.concurrent.atomic.AtomicLong

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.util.GenericArrayData
import org.apache.spark.unsafe.types.UTF8String

import tfpredict.columns.{
  ArrayReader,
  ArrayWriter,
  InputColumn,
  InternalRowReader,
  InternalRowWriter,
  ResultDetail
}
import tfpredict.model.{ModelCache, ModelDescription}
import tfpredict.{
  InputException,
  ModelLoadException,
  ModelRunException,
  ModelSpec,
  Settings,
  SparkSuite,
  TestModels
}

class PartitionPredictorSuite extends SparkSuite {

  private class Seen extends BatchListener {
    var rows: Seq[Int] = Seq.empty
    override def onModel(fetching: Long, loading: Long): Unit = ()
    override def onBatches(rows: Int, batches: Int, encoding: Long, running: Long): Unit =
      this.rows :+= rows
    override def onRejected(): Unit = ()
  }

  private def predict(
      name: String,
      rows: Seq[Array[Float]],
      settings: Settings = Settings.default,
      listener: BatchListener = BatchListener.None,
      clock: () => Long = () => System.nanoTime
  ): Array[Array[Float]] = {
    val description = ModelDescription.of(TestModels.spec(name))
    val predictor =
      new PartitionPredictor(
        Seq(description.spec),
        settings,
        Seq(InputColumn(ordinal = 0, depth = 1)),
        ArrayReader,
        ArrayWriter,
        listener,
        clock
      )
    try predictor.predict(rows.iterator).toArray
    finally predictor.close()
  }

  for (name <- Seq("linear", "images", "pictures", "lstm"))
    test(s"$name: the answers are TensorFlow's in Python") {
      val golden = TestModels.golden(spark, name)
      assert(golden.rows.nonEmpty)
      assertClose(predict(name, golden.rows), golden.answers)
    }

  test("the answers do not depend on how rows are cut into batches") {
    val rows = TestModels.random(1, 100, 24)
    val whole = predict("images", rows)
    for (size <- Seq(1, 3, 7, 100))
      assertClose(predict("images", rows, Settings.default.copy(batchRows = Some(size))), whole)
    // 24 floats are 96 bytes, so two rows fit. If none fits, a batch still has one row.
    assertClose(predict("images", rows, Settings.default.copy(batchBytes = 200)), whole)
    assertClose(predict("images", rows, Settings.default.copy(batchBytes = 1)), whole)
  }

  test("all bytes of a string count") {
    val description = ModelDescription.of(TestModels.spec("typed_string"))
    val seen = new Seen
    val predictor = new PartitionPredictor(
      Seq(description.spec),
      Settings.default.copy(batchBytes = 1000),
      description.signature.inputs.map(_ => InputColumn(ordinal = 0, depth = 1)),
      InternalRowReader,
      new InternalRowWriter(Seq(ResultDetail(hasError = false, version = None))),
      seen
    )
    val width = description.signature.inputs.head.shape.inner.product.toInt
    val text = UTF8String.fromString("x" * (300 / width))
    val row = InternalRow(new GenericArrayData(Array.fill[Any](width)(text)))
    try assert(predictor.predict(Iterator.fill(7)(row)).size == 7)
    finally predictor.close()
    assert(seen.rows == Seq(3, 3, 1))
  }

  test("a quick model has large batches, unless their size is set") {
    val rows = Seq.fill(30000)(Array(1f, 2f))
    def batches(clock: () => Long, settings: Settings = Settings.default): Seq[Int] = {
      val seen = new Seen
      assert(predict("linear", rows, settings, seen, clock).length == rows.length)
      seen.rows
    }
    // The clocks are set by hand: on a busy machine a quick model may take long.
    val quick = batches(() => 0)
    assert(quick.take(6) == Seq(16, 64, 256, 1024, 4096, Settings.MostRows))
    assert(quick.max == Settings.MostRows && quick.sum == rows.length)
    val time = new AtomicLong
    val slow = batches(() => time.addAndGet(1000000000L))
    assert(slow.take(4) == Seq(16, 64, 256, 1024))
    assert(slow.max == 1024)
    assert(batches(() => 0, Settings.default.copy(batchRows = Some(512))).max == 512)
  }

  test("a model that cannot be acquired is an error, and leaves no lease") {
    val users = ModelCache.shared.users
    val spec = ModelDescription.of(TestModels.spec("linear")).spec
    val failed = intercept[ModelLoadException](
      new PartitionPredictor(
        Seq(spec, spec.copy(fingerprint = Some("another"))),
        Settings.default,
        Seq(InputColumn(ordinal = 0, depth = 1)),
        ArrayReader,
        ArrayWriter
      )
    )
    assert(failed.getMessage.contains("the files that the driver saw (fingerprint another)"))
    assert(ModelCache.shared.users == users)
  }

  test("a null row gives a null result, and other rows their own") {
    val Array(a, b) = TestModels.random(2, 2, 2)
    val found = predict("linear", Seq(null, a, null, null, b, null))
    assert(found.map(_ == null).toSeq == Seq(true, false, true, true, false, true))
    assertClose(Array(found(1), found(4)), predict("linear", Seq(a, b)))
  }

  test("no rows, no results") {
    assert(predict("linear", Nil).isEmpty)
  }

  test("a wrong row is an error that names the model") {
    val refused = intercept[InputException](predict("linear", Seq(Array(1f, 2f), Array(1f))))
    assert(refused.getMessage.contains("linear (version 1, signature serving_default)"))
    assert(refused.getMessage.contains("Expected: length 2 at depth 1 in input"))
    assert(refused.getMessage.contains("Found: length 1, in row 2. Fix: "))
  }

  test("a model without one result per row is an error") {
    val refused =
      intercept[ModelRunException](predict("summed", TestModels.random(3, 2, 2)))
    assert(
      refused.getMessage.contains(
        "Expected: output total to be float32[2, 1]. Found: float32[1, 1]"
      )
    )
  }

  test("an RDD is for one float32 input and output of known shape") {
    for (name <- Seq("integers", "any_length", "two_outputs", "two_inputs")) {
      val description = ModelDescription.of(TestModels.spec(name))
      val refused = intercept[tfpredict.SignatureException](description.ofFloats)
      assert(refused.getMessage.contains("one float32 input and one float32 output"), name)
    }
    val one = TestModels.spec("two_outputs").copy(outputs = Seq("q"))
    assert(ModelDescription.of(one).ofFloats.signature.outputs.map(_.name) == Vector("q"))
  }

  test("the driver refuses everything that it can check") {
    def refused(name: String): String =
      intercept[tfpredict.SignatureException](ModelDescription.of(TestModels.spec(name))).getMessage
    assert(refused("rules/ragged_bincount").contains("Found: signatures"))
    val plain = ModelDescription.of(TestModels.spec("newer").copy(signature = "plain"))
    assert(plain.signature.outputs.map(_.name) == Vector("sum"))
    intercept[tfpredict.UnsupportedModelException](ModelDescription.of(TestModels.spec("newer")))
    intercept[tfpredict.ModelNotFoundException](ModelDescription.of(ModelSpec("/no/such/model")))
  }
}
