package tfpredict.ml

import java.nio.file.{Files, Paths}

import org.apache.spark.ml.evaluation.RegressionEvaluator
import org.apache.spark.ml.feature.VectorAssembler
import org.apache.spark.ml.param.ParamMap
import org.apache.spark.ml.{Pipeline, PipelineModel}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.types._
import org.apache.spark.sql.{AnalysisException, DataFrame}

import tfpredict.{ModelNotFoundException, SignatureException, SparkSuite, TestModels, Tfpredict}

/** A model as a stage of a pipeline, and its error messages. */
class SavedModelTransformerSuite extends SparkSuite {
  private def model(name: String): String = TestModels.spec(name).path

  private def linear: SavedModelTransformer =
    new SavedModelTransformer().setModelPath(model("linear")).setInputCol("f")

  private def rows: DataFrame =
    spark.range(0, 40, 1, 4).selectExpr("id", "float(id) AS x", "array(float(id), 1f) AS f")

  private def temporary(): String = Files.createTempDirectory("stage-").resolve("kept").toString

  private def nodes(plan: LogicalPlan, name: String): Int =
    plan.collect { case node if node.nodeName == name => node }.size

  test("the results and the operator are the same as in SQL") {
    Tfpredict.register(spark, TestModels.spec("linear"), "linear")
    val stage = linear.setOutputCol("y")
    val found = stage.transform(rows)
    assert(found.collect().toSeq == rows.selectExpr("*", "linear(f) AS y").collect().toSeq)
    assert(nodes(found.queryExecution.optimizedPlan, "BatchPredict") == 1)
    assert(found.queryExecution.executedPlan.toString.contains("batches of up to 8192 rows"))
    val small = stage.setBatchSize(8).transform(rows).queryExecution.executedPlan.toString
    assert(small.contains("batches of up to 8 rows"))
  }

  test("a DataFrame of another session than the active one") {
    val other = spark.newSession()
    val found = linear.transform(other.range(4).selectExpr("array(id, id) AS f"))
    assert(found.sparkSession eq other)
    assert(nodes(found.queryExecution.optimizedPlan, "BatchPredict") == 1)
  }

  test("transformSchema returns the schema of transform") {
    val stages = Seq(
      linear,
      linear.setOnError("struct").setModelVersion(true),
      new SavedModelTransformer().setModelPath(model("two_outputs")).setInputCol("f"),
      new SavedModelTransformer().setModelPath(model("two_outputs")).setInputCol("f").setOutputs(
        Array("p")
      )
    )
    val described = new MetadataBuilder().putString("unit", "cm").build()
    val plain = rows
    val input = plain.withColumn("x", plain("x").as("x", described))
    for (stage <- stages) {
      val schema = stage.transformSchema(input.schema)
      assert(schema == stage.transform(input).schema)
      assert(schema("x") == input.schema("x"))
    }
    assert(stages(0).transformSchema(rows.schema)("prediction").dataType == FloatType)
    val several = stages(2).transformSchema(rows.schema)("prediction").dataType
    assert(several.asInstanceOf[StructType].fieldNames.toSeq.contains("p"))
    assert(stages(3).transform(rows).schema("prediction").dataType == FloatType)
  }

  test("several inputs, in the order of their names") {
    val both = spark.sql("SELECT array(1, 2) AS p, 4 AS q")
    val stage = new SavedModelTransformer()
      .setModelPath(model("two_inputs")).setInputCols(Array("p", "q"))
    assert(stage.transform(both).head().getAs[Float]("prediction") == 7.0f)
  }

  test("in a Pipeline after VectorAssembler, before an evaluator, and back from the disk") {
    val table = spark.range(0, 50).selectExpr(
      "float(id) AS a",
      "double(id % 7) AS b",
      "double(1.9978589 * id - 1.0296257 * (id % 7) + 3.0809885) AS label"
    )
    val assembler = new VectorAssembler().setInputCols(Array("a", "b")).setOutputCol("f")
    val fitted = new Pipeline().setStages(Array(assembler, linear)).fit(table)
    val predicted = fitted.transform(table)
    assert(predicted.schema("prediction").dataType == FloatType)
    val error = new RegressionEvaluator().setMetricName("rmse").evaluate(predicted)
    assert(error < 1e-4, s"rmse $error")

    val path = temporary()
    fitted.write.save(path)
    val back = PipelineModel.load(path)
    assert(back.transform(table).collect().toSeq == predicted.collect().toSeq)
  }

  test("write and load keep every param, and the model's path, not its files") {
    val stage = linear
      .setOutputCol("y").setVersion(1).setTags(Array("serve")).setSignature("serving_default")
      .setOutputs(Array("outputs")).setBatchSize(16).setOnError("null").setModelVersion(true)
    val path = temporary()
    stage.write.save(path)
    val back = SavedModelTransformer.load(path)
    assert(back.uid == stage.uid)
    def values(stage: SavedModelTransformer): Seq[(String, Any)] = stage.params.toSeq.map { param =>
      param.name -> (stage.get(param) match {
        case Some(several: Array[_]) => several.toSeq
        case other => other
      })
    }
    assert(values(back) == values(stage))
    assert(values(stage).collect { case (name, None) => name } == Seq("inputCols"))
    assert(back.getModelPath == model("linear") && back.getVersion == "1")
    assert(back.transform(rows).collect().toSeq == stage.transform(rows).collect().toSeq)
    assert(spark.read.text(s"$path/metadata").count() == 1)
    assert(Paths.get(path).toFile.list().toSeq == Seq("metadata"))

    val plain = temporary()
    linear.write.save(plain)
    val newest = SavedModelTransformer.load(plain)
    assert(!newest.isDefined(newest.version) && !newest.isDefined(newest.batchSize))
    assertThrows[java.io.IOException](linear.write.save(plain))
  }

  test("a copy keeps the params, and may change some") {
    val stage = linear.setOutputCol("y")
    val other = stage.copy(ParamMap(stage.outputCol -> "z", stage.batchSize -> 4))
    assert(other.uid == stage.uid && other.getOutputCol == "z" && other.getBatchSize == 4)
    assert(stage.getOutputCol == "y" && !stage.isDefined(stage.batchSize))
    assert(stage.transform(rows, ParamMap(stage.outputCol -> "w")).columns.last == "w")
  }

  test("every param is explained") {
    val text = linear.explainParams()
    for (param <- linear.params) assert(text.contains(s"${param.name}: "))
    assert(text.contains("fail the task, give null"))
    assert(text.contains("(default: prediction)"))
  }

  test("the newest version is taken at each transform, unless one is named") {
    val folder = TestModels.copy("linear")
    val stage = linear.setModelPath(folder.toString).setModelVersion(true)
    val first = stage.transform(rows)
    TestModels.copyInto(folder.resolve("1"), folder.resolve("2"))
    def version(predicted: DataFrame): Any =
      predicted.selectExpr("prediction.model_version").head().get(0)
    assert(version(first) == 1)
    assert(version(stage.transform(rows)) == 2)
    assert(version(stage.setVersion(1).transform(rows)) == 1)
  }

  test("wrong columns are refused before a job, with names that are near") {
    val near = linear.setInputCol("ff")
    for (refused <- Seq(() => near.transformSchema(rows.schema), () => near.transform(rows))) {
      val missing = intercept[AnalysisException](refused())
      assert(missing.getMessage.contains("`ff` cannot be resolved"))
      assert(missing.getMessage.contains("Did you mean one of the following? [`f`"))
    }
    val wrong = StructType(Seq(StructField("f", StringType)))
    val mismatch = intercept[AnalysisException](linear.transformSchema(wrong)).getMessage
    assert(mismatch.contains(s"Model: ${model("linear")} (version 1, signature serving_default). "))
    assert(mismatch.contains("array<float> for input inputs (float32[?, 2]). Found: string"))
    val two = new SavedModelTransformer()
      .setModelPath(model("linear")).setInputCols(Array("f", "x"))
    val number = intercept[AnalysisException](two.transformSchema(rows.schema))
    assert(number.getMessage.contains("Expected: 1 argument, for inputs (float32[?, 2])"))
  }

  test("missing params are refused") {
    def refused(stage: SavedModelTransformer): String =
      intercept[IllegalArgumentException](stage.transformSchema(rows.schema)).getMessage
    assert(refused(new SavedModelTransformer().setModelPath(model("linear")))
      .contains("exactly one of inputCol, inputCols Params to be set, but neither is set"))
    assert(refused(linear.setInputCols(Array("f"))).contains("but both are set"))
    assert(
      refused(new SavedModelTransformer().setInputCol("f")).contains("Expected: a modelPath for ")
    )
    val taken = refused(linear.setOutputCol("X"))
    assert(
      taken.contains("which is X. Found: x in id, x, f. Fix: Set another outputCol")
    )
  }

  test("invalid values are refused when they are set") {
    def refused(body: => Any): String = intercept[IllegalArgumentException](body).getMessage
    assert(refused(linear.setBatchSize(0)).contains("at least 1 for batchSize of "))
    assert(refused(linear.setOnError("skip"))
      .contains("Expected: one of fail, null, struct for onError of "))
    assert(
      refused(linear.setVersion("newest")).contains("Expected: a number or latest for version of ")
    )
    assert(refused(linear.copy(ParamMap(linear.batchSize -> -1))).contains("Found: -1."))
  }

  test("a model that is not there, or has no such signature, is refused before a job") {
    val none = linear.setModelPath("/none/at/all")
    assertThrows[ModelNotFoundException](none.transformSchema(rows.schema))
    assertThrows[ModelNotFoundException](none.transform(rows))
    assertThrows[ModelNotFoundException](linear.setVersion(7).transformSchema(rows.schema))
    assertThrows[SignatureException](linear.setSignature("none").transformSchema(rows.schema))
    // Only the model's path is saved, so the model may be gone when the stage is loaded.
    val path = temporary()
    none.write.save(path)
    assertThrows[ModelNotFoundException](SavedModelTransformer.load(path).transform(rows))
  }
}
