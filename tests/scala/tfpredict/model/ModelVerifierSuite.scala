package tfpredict.model

import java.nio.file.Files
import java.nio.file.StandardOpenOption.CREATE_NEW
import java.nio.{ByteBuffer, ByteOrder}

import com.google.protobuf.ByteString
import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.TensorShapeProto.Dim
import org.tensorflow.framework.{DataType, NamedTensorProto, TensorProto, TensorShapeProto}

import tfpredict.engine.Engine
import tfpredict.savedmodel.adapt.{DeadlyModel, ExampleFile}
import tfpredict.tensor.{DType, HostTensor, NumberTensor, StringTensor}
import tfpredict.{
  ModelLoadException,
  ModelNotFoundException,
  ModelSpec,
  Settings,
  TestModels,
  Tfpredict,
  UnsupportedModelException
}

class ModelVerifierSuite extends AnyFunSuite {

  test("every signature that has examples is replayed") {
    val spec = TestModels.spec("rules/dense_bincount").copy(signature = "counts")
    val report = ModelVerifier.verify(spec)
    val signatures = Set("counts", "weighted", "binary", "int32", "one_row")
    assert(report.outputs.map(_.signature).toSet == signatures)
    assert(report.outputs.forall(output => output.output == "x" && output.difference <= 1e-5))
    assert(report.outputs.map(output => output.signature -> output.rows).toMap.apply("counts") == 6)
  }

  test("the error for a model without examples says how to keep some") {
    val refused = intercept[ModelLoadException](ModelVerifier.verify(TestModels.spec("linear")))
    assert(
      refused.getMessage.contains("Export the model with tfpredict.export(..., examples=batch)")
    )
  }

  test("a model with different results is found, and not loaded if the setting says so") {
    val root = TestModels.bare("rules/batch_matmul")
    val spec = ModelSpec(root.toString, signature = "floats")
    val examples = root.resolve("1").resolve(ExampleFile.Name)
    val bytes = Files.readAllBytes(examples)
    bytes(bytes.length - 5) = (bytes(bytes.length - 5) ^ 0x3f).toByte
    Files.write(examples, bytes)
    val report = ModelVerifier.verify(spec)
    assert(report.difference > 1e-5)

    val wrong = report.outputs.filter(_.difference > 1e-5).map(_.signature).head
    val resolved = ModelDescription.of(spec.copy(signature = wrong)).spec
    val loader = new ModelLoader(Engine.installed)
    loader.load(resolved, Settings.default).close()
    val strict = Settings.default.copy(verifyOnLoad = true)
    val refused = intercept[ModelLoadException](loader.load(resolved, strict))
    assert(refused.errorClass == "TFPREDICT_EXAMPLES_DIFFER")
    assert(
      refused.getMessage.contains("TensorFlow's own answers to the examples kept with the model")
    )
  }

  test("a loaded model is verified on request, for any signature") {
    val root = TestModels.bare("rules/batch_matmul")
    val examples = root.resolve("1").resolve(ExampleFile.Name)
    val bytes = Files.readAllBytes(examples)
    bytes(bytes.length - 5) = (bytes(bytes.length - 5) ^ 0x3f).toByte
    Files.write(examples, bytes)
    val wrong = ModelVerifier.verify(ModelSpec(root.toString, signature = "floats")).outputs
      .filter(_.difference > 1e-5)
      .map(_.signature)
    assert(wrong.nonEmpty && !wrong.contains("floats"))
    val resolved = ModelDescription.of(ModelSpec(root.toString, signature = "floats")).spec
    ModelCache.shared.acquire(resolved).close()
    val strict = Settings.default.copy(verifyOnLoad = true)
    for (_ <- 1 to 2) {
      val refused = intercept[ModelLoadException](ModelCache.shared.acquire(resolved, strict))
      assert(refused.found.contains(s"of signature ${wrong.head}"))
    }
    ModelCache.shared.acquire(resolved).close()
    assert(ModelCache.shared.loads.collect { case (key, n) if key.path == root.toString => n } ==
      Seq(1))
  }

  test("examples of a signature that cannot run are reported, and others are replayed") {
    val root = TestModels.bare("reads")
    val text = Files.write(Files.createTempFile("text-", ""), "read".getBytes).toString
    def strings(name: String, value: String): NamedTensorProto = NamedTensorProto
      .newBuilder()
      .setName(name)
      .setTensor(
        TensorProto
          .newBuilder()
          .setDtype(DataType.DT_STRING)
          .setTensorShape(TensorShapeProto.newBuilder.addDim(Dim.newBuilder.setSize(1)))
          .addStringVal(ByteString.copyFromUtf8(value))
      )
      .build()
    val out = Files.newOutputStream(root.resolve("1").resolve(ExampleFile.Name), CREATE_NEW)
    try
      for (signature <- Seq("matching", "read")) {
        strings(s"$signature/inputs/path", text).writeDelimitedTo(out)
        strings(s"$signature/outputs/text", "read").writeDelimitedTo(out)
      }
    finally out.close()
    val settings = Settings.default.copy(allowedOps = Set("ReadFile"))
    val report = ModelVerifier.verify(ModelSpec(root.toString), settings)
    assert(report.skipped == Seq("matching"))
    assert(report.outputs.map(_.signature) == Seq("read"))
    assert(report.difference == 0.0)
  }

  test("damaged examples are a load error") {
    val root = TestModels.bare("rules/grouped_convolution")
    val file = root.resolve("1").resolve(ExampleFile.Name)
    Files.write(file, Files.readAllBytes(file).take(1000))
    val spec = ModelSpec(root.toString, signature = "plain")
    assert(
      intercept[ModelLoadException](ModelVerifier.verify(spec)).getMessage.contains("a damaged")
    )
  }

  private def floats(values: Float*): HostTensor = {
    val buffer = ByteBuffer.allocate(4 * values.size).order(ByteOrder.nativeOrder)
    values.foreach(value => buffer.putFloat(value))
    buffer.flip()
    new NumberTensor(DType.Float32, Array(values.size.toLong), buffer)
  }

  test("differences are relative for values over 1, and NaN and infinities equal themselves") {
    val nan = Float.NaN
    val infinity = Float.PositiveInfinity
    assert(Difference.between(floats(1f, nan, infinity), floats(1f, nan, infinity)) == 0.0)
    assert(Difference.between(floats(0.5f), floats(0.25f)) == 0.25)
    assert(Difference.between(floats(200f), floats(100f)) == 1.0)
    assert(Difference.between(floats(nan), floats(1f)).isInfinite)
    assert(Difference.between(floats(1f), floats(infinity)).isInfinite)
    assert(Difference.between(floats(1f, 2f), floats(1f)).isInfinite)
    def strings(values: String*): HostTensor =
      StringTensor.of(Array(values.size.toLong), values.map(_.getBytes).toArray)
    assert(Difference.between(strings("a", "b"), strings("a", "b")) == 0.0)
    assert(Difference.between(strings("a", "b"), strings("a", "c")).isInfinite)
    assert(Difference.between(strings("1"), floats(1f)).isInfinite)
  }

  test("a model that crashes its process is verified in another, and this JVM survives") {
    val root = TestModels.copy("rules/dense_bincount")
    DeadlyModel.make(root.resolve("1"))
    val spec = ModelSpec(root.toString, signature = "counts")
    val named = intercept[UnsupportedModelException](Tfpredict.verify(spec))
    assert(named.found.startsWith(s"op ${DeadlyModel.Op}, which ends the process "), named.found)

    val allowing = Settings.default.copy(allowedOps = Set(DeadlyModel.Op))
    val refused = intercept[ModelLoadException](ModelVerifier.verifyApart(spec, allowing))
    assert(
      refused.expected == "a process that loads the model and replays its examples, and answers"
    )
    assert(refused.found.startsWith("that it exited with status "), refused.found)
    assert(refused.errorClass == "TFPREDICT_MODEL_PROCESS")
  }

  test("a process of its own gives the same results and errors as this one") {
    val spec = TestModels.spec("rules/dense_bincount").copy(signature = "counts")
    assert(Tfpredict.verify(spec) == ModelVerifier.verify(spec))
    val refused = intercept[ModelLoadException](Tfpredict.verify(TestModels.spec("linear")))
    assert(refused.fix.contains("examples=batch"))
    intercept[ModelNotFoundException](Tfpredict.verify(ModelSpec("/no/such/model")))
  }
}
