package tfpredict.sql

import org.apache.spark.sql.Row
import org.tensorflow.framework.DataType

import tfpredict.TinyModels._
import tfpredict.{
  InputException,
  ModelLoadException,
  ModelRunException,
  ModelSpec,
  OnError,
  PredictOptions,
  SparkSuite,
  Tfpredict
}

/** Rows that the runtime rejects, and models that fail by themselves. */
class ModelFaultsSuite extends SparkSuite {
  private val Int = DataType.DT_INT32

  private def register(spec: ModelSpec, name: String): Unit =
    for (mode <- OnError.all)
      Tfpredict.register(spark, spec, s"${name}_$mode", PredictOptions(onError = mode))

  private def failed(query: String): Throwable =
    intercept[Exception](spark.sql(query).collect())

  test("a row that the runtime rejects is reported by its number, or costs only itself") {
    register(gather(10, 20, 30), "three")
    val rows = "FROM range(0, 3000, 1, 1)"
    val index = "int(if(id = 1234, 7, if(id % 10 = 9, null, id % 3)))"
    val why = causeOf[InputException](failed(s"SELECT three_fail($index) $rows")).getMessage
    assert(why.contains("Expected: a row that signature serving_default can run. Found: "))
    assert(why.contains("indices[0] = 7 is not in [0, 3)"))
    assert(why.contains("in row 1235 of partition 0."))
    assert(why.startsWith("[TFPREDICT_ROW_REJECTED] The model rejects a row. "))
    val wanted = s"if(id = 1234 OR id % 10 = 9, null, 10 + 10 * (id % 3))"
    for (value <- Seq(s"three_null($index)", s"three_struct($index).value"))
      assert(spark.sql(s"SELECT * $rows WHERE NOT ($value <=> $wanted)").isEmpty)
    val errors = spark.sql(
      s"SELECT id FROM (SELECT id, three_struct($index).error AS e $rows) WHERE e IS NOT NULL"
    )
    assert(errors.collect().toSeq == Seq(Row(1234L)))
    // This also holds in a lambda, and row by row.
    for (excluded <- Seq("", ExtractPredicts.ruleName)) {
      spark.conf.set("spark.sql.optimizer.excludedRules", excluded)
      try {
        val lambda = "transform(array(int(id)), x -> three_null(x))[0]"
        val found = spark.sql(s"SELECT $lambda FROM range(0, 5, 1, 1)").collect()
        assert(found.map(_.get(0)).toSeq == Seq(10, 20, 30, null, null))
        val alone = "transform(array(int(id)), x -> three_fail(x))[0]"
        assert(causeOf[InputException](failed(s"SELECT $alone FROM range(0, 5, 1, 1)")).getMessage
          .contains("in row 4 of partition 0."))
      } finally spark.conf.unset("spark.sql.optimizer.excludedRules")
    }
  }

  test("models of one input reject their own rows, each with its own message") {
    register(gather(10, 20, 30), "small")
    register(gather(1, 2, 3, 4, 5), "large")
    for (mode <- Seq(OnError.Null, OnError.Struct)) {
      val value = if (mode == OnError.Struct) ".value" else ""
      val found = spark.sql(
        s"SELECT small_$mode(int(id))$value, large_$mode(int(id))$value FROM range(0, 6, 1, 1)"
      )
      assert(found.queryExecution.optimizedPlan.collect { case node: BatchPredict =>
        node
      }.size == 1)
      assert(found.collect().toSeq == Seq(
        Row(10, 1),
        Row(20, 2),
        Row(30, 3),
        Row(null, 4),
        Row(null, 5),
        Row(null, null)
      ))
    }
    val errors = spark
      .sql("SELECT small_struct(int(id)).error, large_struct(int(id)).error FROM range(0, 6, 1, 1)")
      .collect()
    assert(errors.map(_.isNullAt(0)).toSeq == Seq(true, true, true, false, false, false))
    assert(errors.map(_.isNullAt(1)).toSeq == Seq(true, true, true, true, true, false))
    assert(errors.last.getString(0).contains("is not in [0, 3)"))
    assert(errors.last.getString(1).contains("is not in [0, 5)"))
    assert(causeOf[InputException](
      failed("SELECT large_fail(int(id)), small_fail(int(id)) FROM range(0, 5, 1, 1)")
    ).model.contains("tiny-model-"))
  }

  private val broken: Seq[(String, ModelSpec, String)] = Seq(
    (
      "a placeholder that nothing feeds",
      of(
        Int,
        placeholder("x", Int, -1),
        placeholder("rate", Int),
        node("Mul", "y", "x", "rate")("T" -> kind(Int))
      ),
      "You must feed a value for placeholder"
    ),
    (
      "a kernel that is missing",
      of(
        Int,
        placeholder("x", Int, -1),
        scalar("one", 1),
        node("CudnnRNNParamsSize", "size", "one", "one", "one")(
          "T" -> kind(DataType.DT_FLOAT),
          "S" -> kind(Int)
        ),
        node("Add", "y", "x", "size")("T" -> kind(Int))
      ),
      "CudnnRNNParamsSize"
    ),
    (
      "a graph that fails for any row",
      of(
        Int,
        placeholder("x", Int, -1),
        ints("table", 7),
        ints("at", 5),
        scalar("axis", 0),
        node("GatherV2", "none", "table", "at", "axis")(
          "Tparams" -> kind(Int),
          "Tindices" -> kind(Int),
          "Taxis" -> kind(Int)
        ),
        node("Add", "y", "x", "none")("T" -> kind(Int))
      ),
      "indices[0] = 5 is not in [0, 1)"
    )
  )

  for ((what, spec, words) <- broken; rows <- Seq(1, 2, 3000))
    test(s"$what fails the task of $rows rows in all modes") {
      val description =
        try Some(register(spec, "broken"))
        catch { case _: tfpredict.TfpredictException => None } // known before a job
      for (_ <- description; mode <- OnError.all) {
        val why = failed(s"SELECT broken_$mode(int(id)) FROM range(0, $rows, 1, 1)")
        // A missing kernel of the graph itself is found when the model is loaded.
        val found =
          if (what == "a kernel that is missing") causeOf[ModelLoadException](why)
          else causeOf[ModelRunException](why)
        assert(found.found.contains(words), mode)
        val known = Set("TFPREDICT_MODEL_FAILS", "TFPREDICT_OUTPUT_SHAPE", "TFPREDICT_LOAD_REFUSED")
        assert(known(found.errorClass), found)
      }
    }

  test("a model with an output of one row runs row by row, also beside one with batches") {
    val first = write(
      Seq(Tensor("x", "x:0", Int, -1)),
      Seq(Tensor("y", "y:0", Int, 1)),
      Seq(
        placeholder("x", Int, -1),
        ints("begin", 0),
        ints("size", 1),
        node("Slice", "y", "x", "begin", "size")("T" -> kind(Int), "Index" -> kind(Int))
      )
    )
    register(first, "first")
    register(gather(0 to 99: _*), "many")
    val rows = "FROM range(0, 100, 1, 1)"
    for (call <- Seq("first_fail(int(id))", "first_null(int(id))"))
      assert(spark.sql(s"SELECT * $rows WHERE NOT ($call <=> id)").isEmpty)
    val both = spark.sql(s"SELECT id, many_fail(int(id)), first_fail(int(id)) $rows").collect()
    assert(both.forall(row => row.getInt(1) == row.getLong(0) && row.getInt(2) == row.getLong(0)))
  }
}
