package tfpredict.savedmodel.format

import java.nio.file.{Files, Path}

import scala.util.Random

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.{Adapter, PreparedGraph, Signatures}
import tfpredict.tensor.{DType, Signature, TensorShape, TensorSpec}
import tfpredict.{ModelLoadException, ModelSpec, SignatureException, TestModels, TfpredictException}

class SavedModelFileSuite extends AnyFunSuite {

  private def signature(name: String, spec: ModelSpec => ModelSpec = identity): Signature = {
    val model = spec(TestModels.spec(name))
    Signatures.of(
      model,
      PreparedGraph.read(model, TestModels.made.resolve(s"$name/1"))
    )
  }

  test("the linear model's signature is the one that the walk-through shows") {
    val found = signature("linear")
    assert(
      found.inputs == Vector(
        TensorSpec("inputs", "serving_default_inputs:0", DType.Float32, TensorShape.of(-1, 2))
      )
    )
    assert(
      found.outputs == Vector(
        TensorSpec("outputs", "StatefulPartitionedCall:0", DType.Float32, TensorShape.of(-1, 1))
      )
    )
  }

  test("inputs and outputs come in the order of their names") {
    assert(signature("two_inputs").inputs.map(_.name) == Vector("a", "b"))
    assert(signature("two_outputs").outputs.map(_.name) == Vector("p", "q"))
  }

  test("the error for an unknown signature or tag has the known ones") {
    val wrong = intercept[SignatureException](signature("newer", _.copy(signature = "predict")))
    assert(wrong.getMessage.contains(
      "a signature called predict. Found: signatures: plain, serving_default"
    ))
    val tags =
      intercept[SignatureException](signature("linear", _.copy(tags = Set("serve", "gpu"))))
    assert(tags.getMessage.contains("the tags {gpu, serve}. Found: graphs with {serve}"))
  }

  test("a file that is not a graph is a load error") {
    def read(bytes: Array[Byte]): String = {
      val folder = Files.createTempDirectory("graph-")
      Files.write(folder.resolve("saved_model.pb"), bytes)
      intercept[ModelLoadException](PreparedGraph.read(
        ModelSpec(folder.toString),
        folder
      )).getMessage
    }
    assert(read(Array.fill(100)(0xff.toByte)).contains("a damaged"))
    assert(read(Array.empty).contains("no graph in"))
  }

  test("a damaged graph gives a clear error or a graph, for any damage") {
    val whole = Files.readAllBytes(TestModels.made.resolve("lstm/1/saved_model.pb"))
    val random = new Random(5)
    val folder: Path = Files.createTempDirectory("damaged-")
    val model = ModelSpec(folder.toString)
    var refused = 0
    for (_ <- 1 to 300) {
      val bytes = whole.clone()
      for (_ <- 1 to 1 + random.nextInt(8))
        bytes(random.nextInt(bytes.length)) = random.nextInt().toByte
      val length = if (random.nextBoolean()) bytes.length else random.nextInt(bytes.length)
      Files.write(folder.resolve("saved_model.pb"), bytes.take(length))
      try {
        val graph = PreparedGraph.read(model, folder)
        Signatures.of(model, graph)
        Adapter.adapt(model, graph)
      } catch { case _: TfpredictException => refused += 1 }
    }
    assert(refused > 100)
  }
}
