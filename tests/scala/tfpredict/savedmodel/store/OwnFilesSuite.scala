package tfpredict.savedmodel.store

import java.nio.file.{Files, Path, Paths}

import org.scalatest.concurrent.TimeLimits
import org.scalatest.funsuite.AnyFunSuite
import org.scalatest.time.SpanSugar._

import tfpredict.model.{ModelDescription, ModelInspector}
import tfpredict.{
  ModelLoadException,
  ModelSpec,
  Settings,
  TestModels,
  TfpredictException,
  UnsupportedModelException
}

class OwnFilesSuite extends AnyFunSuite with TimeLimits {
  private val linked = Settings.default.copy(linksAllowed = true)

  private def outside(name: String, root: Path): Path = {
    val file = root.resolve("1").resolve(name)
    val moved = Files.createTempDirectory("outside-").resolve(file.getFileName)
    Files.move(file, moved)
    Files.createSymbolicLink(file, moved)
    moved
  }

  test("a file that links out of the model is refused by name, unless links are allowed") {
    for (name <- Seq("assets/words.txt", "variables/variables.index", "saved_model.pb", "assets")) {
      val root = TestModels.copy("lookup")
      val moved = outside(name, root)
      val spec = ModelSpec(root.toString)
      for (read <- Seq[ModelSpec => Any](ModelDescription.of(_), ModelInspector.inspect(_))) {
        val refused = intercept[UnsupportedModelException](read(spec))
        assert(refused.expected == s"plain files inside $root/1", name)
        assert(refused.found == s"$name, a link to $moved")
        assert(refused.getMessage.contains("set spark.tfpredict.links.allowed=true"))
      }
      assert(ModelDescription.of(spec, linked).signature.outputs.size == 2, name)
    }
  }

  test("endless files, and others that are not plain files, are not read") {
    def pipe(file: Path): Unit = {
      val made = new ProcessBuilder("mkfifo", file.toString).start().waitFor()
      assert(made == 0)
    }
    def device(file: Path): Unit = {
      Files.createSymbolicLink(file, Paths.get("/dev/zero"))
      ()
    }
    for {
      name <- Seq("saved_model.pb", "variables/variables.index", Checksums.Name, "assets/words.txt")
      (put, settings) <- Seq[(Path => Unit, Settings)](
        (pipe, Settings.default),
        (pipe, linked),
        (device, Settings.default),
        (device, linked)
      )
    } {
      val root = TestModels.copy("lookup")
      val file = root.resolve("1").resolve(name)
      Files.delete(file)
      put(file)
      failAfter(20.seconds) {
        intercept[TfpredictException](ModelDescription.of(ModelSpec(root.toString), settings))
        intercept[TfpredictException](
          new SeenVersions().newest(ModelSpec(root.toString), settings)
        )
      }
    }
  }

  test("folders that contain themselves are refused") {
    val root = TestModels.copy("lookup")
    for (name <- Seq("a", "b"))
      Files.createSymbolicLink(root.resolve("1/assets").resolve(name), root.resolve("1"))
    for (settings <- Seq(Settings.default, linked)) {
      val refused = failAfter(20.seconds) {
        intercept[UnsupportedModelException](
          ModelDescription.of(ModelSpec(root.toString), settings)
        )
      }
      assert(refused.found.startsWith("assets/"))
    }
  }

  test("a folder of versions, a version and a link to a file beside it may be links") {
    val root = TestModels.copy("lookup")
    val links = Files.createTempDirectory("links-")
    Files.createSymbolicLink(links.resolve("model"), root)
    val versions = Files.createDirectory(links.resolve("versions"))
    Files.createSymbolicLink(versions.resolve("7"), root.resolve("1"))
    val words = root.resolve("1/assets/words.txt")
    Files.move(words, root.resolve("1/assets/kept.txt"))
    Files.createSymbolicLink(words, Paths.get("kept.txt"))
    for (path <- Seq(links.resolve("model"), links.resolve("versions"), versions.resolve("7")))
      assert(ModelDescription.of(ModelSpec(path.toString)).signature.outputs.size == 2)
  }

  test("an executor's host refuses it too") {
    val root = TestModels.copy("lookup")
    val resolved = ModelStore.resolve(ModelSpec(root.toString))
    outside("assets/words.txt", root)
    val refused = intercept[UnsupportedModelException](
      ModelStore.use(resolved, Settings.default)(identity)
    )
    assert(refused.found.startsWith("assets/words.txt, a link to "))
    intercept[ModelLoadException] {
      Files.write(root.resolve("1/assets/more.txt"), Array[Byte](1))
      ModelStore.use(resolved, linked)(identity)
    }
  }
}
