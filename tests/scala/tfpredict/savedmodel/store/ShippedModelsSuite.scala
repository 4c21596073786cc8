package tfpredict.savedmodel.store

import java.nio.file.Files

import tfpredict.{ModelLoadException, ModelSpec, Settings, SparkSuite, TestModels}

class ShippedModelsSuite extends SparkSuite {

  test("a list of pieces that cannot be read is an error with the fix") {
    assert(spark.sparkContext.isLocal)
    val root = TestModels.copy("linear")
    val resolved = ModelStore.resolve(ModelSpec(root.toString))
    new ShippedBlocks(resolved).put("tfpredict", Array[Byte](1, 2, 3))
    Files.delete(root.resolve("1/saved_model.pb"))
    val refused = intercept[ModelLoadException] {
      ModelStore.use(resolved, Settings.default)(identity)
    }
    assert(refused.errorClass == "TFPREDICT_MODEL_NOT_RECEIVED")
    assert(refused.expected == "the driver or another executor to send the model")
    assert(refused.fix.contains("spark.local.dir"))
  }
}
