package tfpredict.savedmodel.store

import java.nio.file.{Files, Paths}

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{MetaGraphDef, SavedModel}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.PreparedGraph
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelNotFoundException, ModelSpec, SignatureException, TestModels}

class WrongPlaceSuite extends AnyFunSuite {

  private def refused(path: String): ModelNotFoundException =
    intercept[ModelNotFoundException](ModelStore.resolve(ModelSpec(path)))

  test("a URI with a space says how to write it") {
    val file = refused("file:/my models/v one")
    assert(file.fix.contains("the plain path /my models/v one,"))
    assert(file.fix.endsWith("file:/my%20models/v%20one"))
    assert(file.found == "Illegal character in path at place 8 of file:/my models/v one")
    val folder = Files.createTempDirectory("two words ")
    assert(refused(s"file:$folder").fix.contains(s"the plain path $folder,"))
    assert(refused(s"file://$folder").fix.contains(s"the plain path $folder,"))
    assert(refused(folder.toString).found.startsWith("an empty folder"))
    assert(refused(s"file:${folder.toString.replace(" ", "%20")}").found.contains("empty folder"))
  }

  test("a web address is not a folder, and dbfs: has a mount") {
    for (uri <- Seq("http://host/m", "https://host/m", "HTTPS://host/m")) {
      assert(refused(uri).found == s"the web address $uri")
      assert(refused(uri).fix.startsWith("Download the model"))
    }
    assert(refused("dbfs:/models/m").fix.contains("/dbfs"))
  }

  test("other formats are recognized, as files and in a folder") {
    val folder = Files.createTempDirectory("formats-")
    for (
      (name, what) <- Seq(
        "m.tflite" -> "a TensorFlow Lite model",
        "m.onnx" -> "an ONNX model",
        "m.ckpt" -> "a checkpoint, which has no graph",
        "m.ckpt-10.index" -> "a checkpoint, which has no graph",
        "m.ckpt.data-00000-of-00001" -> "a checkpoint, which has no graph",
        "checkpoint" -> "a checkpoint, which has no graph"
      )
    ) {
      val file = Files.write(folder.resolve(name), Array[Byte](1))
      assert(refused(file.toString).found == s"$what, $file")
      assert(refused(folder.toString).found == s"$what ($name) in $folder")
      assert(refused(folder.toString).fix == refused(file.toString).fix)
      Files.delete(file)
    }
    for (name <- Seq("net.keras", "net.h5", "frozen.pb")) {
      val file = Files.write(folder.resolve(name), Array[Byte](1))
      assert(refused(file.toString).fix.contains(s"tfpredict export $file NEW_FOLDER"))
      assert(refused(folder.toString).fix == refused(file.toString).fix)
      Files.delete(file)
    }
    Files.write(folder.resolve("notes.txt"), Array[Byte](1))
    assert(refused(folder.toString).found == "only notes.txt")
  }

  test("the error for a missing relative path has its base folder") {
    val here = Paths.get("").toAbsolutePath
    val missing = refused("no/such/model")
    assert(missing.found == s"no such folder, $here/no/such/model")
    assert(missing.fix.contains(s"A relative path is below $here, where this JVM was started"))
    val version = ModelSpec("no/such/model", version = Some(2))
    assert(intercept[ModelNotFoundException](ModelStore.resolve(version)).found == missing.found)
    val known = here.relativize(TestModels.spec("linear") match {
      case spec => Paths.get(spec.path).toAbsolutePath
    })
    assert(ModelStore.resolve(ModelSpec(known.toString)).fingerprint.isDefined)
  }

  test("the error for a graph without tags shows how to write them") {
    val plain = SavedModel.newBuilder().addMetaGraphs(MetaGraphDef.newBuilder()).build()
    val folder = Files.createTempDirectory("untagged-")
    Files.write(folder.resolve(SavedModelFile.FileName), plain.toByteArray)
    val spec = ModelSpec(folder.toString)
    val wrong = intercept[SignatureException](PreparedGraph.read(spec, folder))
    assert(wrong.found == "graphs with {}")
    assert(
      wrong.fix == "Name the tags of one of these graphs. For {}, give none: tags=(), or --tags \"\"."
    )
    assert(PreparedGraph.read(spec.copy(tags = Set.empty), folder).getSignatureDefCount == 0)
  }
}
