package tfpredict.savedmodel.store

import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.engine.Engine
import tfpredict.model.{ModelDescription, ModelLoader}
import tfpredict.{ModelLoadException, ModelSpec, Settings, TestModels}

class ChecksumsSuite extends AnyFunSuite {

  private def turnOneBit(file: Path): Unit = {
    val bytes = Files.readAllBytes(file)
    bytes(bytes.length / 2) = (bytes(bytes.length / 2) ^ 1).toByte
    Files.write(file, bytes)
    ()
  }

  test("a bit turned in the graph, the index or an asset is found, on the driver") {
    for (
      (model, name) <- Seq(
        "linear" -> "saved_model.pb",
        "linear" -> "variables/variables.index",
        "lookup" -> "assets/words.txt"
      )
    ) {
      val root = TestModels.copy(model)
      ModelDescription.of(ModelSpec(root.toString))
      turnOneBit(root.resolve("1").resolve(name))
      val refused = intercept[ModelLoadException](ModelDescription.of(ModelSpec(root.toString)))
      assert(refused.expected.startsWith(s"${root.resolve("1").resolve(name)} with the checksum"))
    }
  }

  test("and on an executor, before the model is read") {
    val root = TestModels.copy("linear")
    turnOneBit(root.resolve("1/saved_model.pb"))
    val resolved = ModelStore.resolve(ModelSpec(root.toString))
    val refused = intercept[ModelLoadException](
      new ModelLoader(Engine.installed).load(resolved, Settings.default)
    )
    assert(refused.getMessage.contains("as it was exported"))
  }

  test("a damaged list of checksums, and a missing file, are found too") {
    val odd = TestModels.copy("linear")
    Files.write(odd.resolve("1").resolve(Checksums.Name), "abc".getBytes)
    assert(
      intercept[ModelLoadException](ModelDescription.of(ModelSpec(odd.toString)))
        .found == "the line abc"
    )
    val gone = TestModels.copy("lookup")
    Files.delete(gone.resolve("1/assets/words.txt"))
    assert(
      intercept[ModelLoadException](ModelDescription.of(ModelSpec(gone.toString)))
        .expected.endsWith("assets/words.txt")
    )
  }

  test("a model that something else exported has none, and is accepted") {
    Checksums.check(ModelSpec("m"), TestModels.bare("linear").resolve("1"))
  }

  test("a list of checksums may only name the model's files") {
    val outside = Files.createTempFile("outside", ".txt")
    for (name <- Seq("../1/saved_model.pb", "../../outside", "/dev/zero", s"$outside", "assets")) {
      val root = TestModels.copy("lookup")
      val line = s"${Checksums.sha256(outside)}  $name"
      Files.write(root.resolve("1").resolve(Checksums.Name), line.getBytes)
      val refused = intercept[ModelLoadException](ModelDescription.of(ModelSpec(root.toString)))
      assert(refused.expected.startsWith("names of the model's own files in "), name)
      assert(refused.found == name)
    }
  }
}
