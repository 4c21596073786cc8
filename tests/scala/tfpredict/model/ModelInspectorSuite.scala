package tfpredict.model

import java.io.RandomAccessFile
import java.nio.file.Files

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.savedmodel.adapt.Rewrite
import tfpredict.{ModelLoadException, ModelSpec, TestModels, Tfpredict}

class ModelInspectorSuite extends AnyFunSuite {

  private def signature(model: String, name: String): SignatureInfo =
    Tfpredict.inspect(TestModels.spec(model)).signatures.find(_.name == name).get

  test("a model's graphs, signatures, tensors and types") {
    val info = Tfpredict.inspect(TestModels.spec("linear"))
    assert(info.tagSets == Seq(Set("serve")))
    assert(info.spec.version.contains(1L) && info.spec.fingerprint.nonEmpty)
    assert(info.producer.startsWith("2."))
    val serving = info.signatures.map(_.name)
    assert(serving == Seq("serving_default"))
    val Seq(input) = info.signatures.head.inputs
    assert(input.tensor.describe == "inputs float32[?, 2]")
    assert(input.sparkType.contains("ARRAY<FLOAT>"))
    assert(info.signatures.head.outputs.map(_.sparkType) == Seq(Some("FLOAT")))
    assert(info.signatures.head.ops < info.ops)
    assert(info.runs)
  }

  test("rewrites are reported with their number") {
    assert(
      signature("rules/grouped_convolution", "plain").rewrites.contains(
        Rewrite("a grouped convolution is split into its groups", 1)
      )
    )
    assert(signature("linear", "serving_default").rewrites.map(_.nodes) == Seq(4))
  }

  test("a signature's refusal is reported, and does not stop the others") {
    val info = Tfpredict.inspect(TestModels.spec("newer"))
    assert(info.runs)
    assert(info.signatures.map(s => s.name -> s.runs).toMap == Map(
      "plain" -> true,
      "serving_default" -> false
    ))
    assert(signature("reads", "read").refusals.exists(_.contains("ReadFile")))
  }

  test("an unsupported op is reported with its layer's name") {
    val refused = signature("unknown_layer", "serving_default").refusals
    assert(refused.exists(_.contains("of layer ")), refused)
    assert(refused.exists(_.contains("odd_one")), refused)
  }

  test("a graph of over 2 GB is refused before it is read") {
    val folder = Files.createTempDirectory("large-")
    val file = new RandomAccessFile(folder.resolve("saved_model.pb").toFile, "rw")
    file.setLength(Int.MaxValue + 10L) // sparse, takes no disk space
    file.close()
    val refused = intercept[ModelLoadException](Tfpredict.inspect(ModelSpec(folder.toString)))
    Files.delete(folder.resolve("saved_model.pb"))
    assert(refused.expected == "a saved_model.pb of less than 2 GB, the limit of protocol buffers")
    assert(refused.fix.contains("variables"))
    assert(refused.errorClass == "TFPREDICT_GRAPH_TOO_LARGE")
  }
}
