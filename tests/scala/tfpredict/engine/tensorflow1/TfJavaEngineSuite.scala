package tfpredict.engine.tensorflow1

import java.nio.file.{Files, Paths}
import java.nio.{ByteBuffer, ByteOrder}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.engine.{Engine, EngineException}
import tfpredict.host.{HostFolder, ProcessFolders}
import tfpredict.model.{LoadedModel, ModelDescription, ModelLoader}
import tfpredict.tensor.{DType, HostTensor, NumberTensor}
import tfpredict.{ModelLoadException, TestModels}

class TfJavaEngineSuite extends AnyFunSuite {

  private def tensor(rows: Int, columns: Int): HostTensor = {
    val buffer = ByteBuffer.allocateDirect(rows * columns * 4).order(ByteOrder.nativeOrder)
    new NumberTensor(DType.Float32, Array(rows.toLong, columns.toLong), buffer)
  }

  private def withModel[A](name: String)(body: (ModelDescription, LoadedModel) => A): A = {
    val description = ModelDescription.of(TestModels.spec(name))
    val model = new ModelLoader(Engine.installed).load(description.spec, tfpredict.Settings.default)
    try body(description, model)
    finally model.close()
  }

  private def residentBytes: Long = {
    val pages = new String(Files.readAllBytes(Paths.get("/proc/self/statm"))).split(" ")(1).toLong
    pages * 4096
  }

  test("the runtime is TensorFlow 1.15.0") {
    assert(NativeLibraries.load() == "1.15.0")
    assert(NativeLibraries.isRequested)
  }

  test("an empty batch gives an empty result") {
    withModel("linear") { (description, model) =>
      val Seq(result) = model.function(description.spec).engine.run(Vector(tensor(0, 2)))
      assert(result.shape.toSeq == Seq(0L, 1L))
    }
  }

  test("a refusal by the graph is an error with the runtime's reason") {
    withModel("linear") { (description, model) =>
      val function = model.function(description.spec).engine
      val refused = intercept[EngineException](function.run(Vector(tensor(1, 3))))
      assert(refused.reason.startsWith("TensorFlow's error: Matrix size-incompatible"))
      assert(function.run(Vector(tensor(1, 2))).head.shape.toSeq == Seq(1L, 1L))
    }
  }

  test("every native tensor is closed, after success and after failure") {
    withModel("linear") { (description, model) =>
      val function = model.function(description.spec).engine
      // An unclosed tensor leaks 12 KB, so 20,000 runs would leak 240 MB.
      val (right, wrong) = (Vector(tensor(1, 2)), Vector(tensor(1, 3)))
      def run(times: Int): Unit = for (_ <- 1 to times) {
        function.run(right)
        intercept[EngineException](function.run(wrong))
      }
      run(2000)
      val before = residentBytes
      run(10000)
      val grown = (residentBytes - before) / (1024 * 1024)
      assert(grown < 100, s"$grown MB in 20,000 runs")
      assert(Engine.installed.liveTensors == 0)
    }
  }

  // This process's folders for models that are loading.
  private def left: Seq[String] = {
    val work = HostFolder.in(HostFolder.default).resolve("work")
    Option(work.toFile.list()).toSeq.flatten.filter(_.startsWith(s"model-${ProcessFolders.pid}-"))
  }

  test("loading leaves nothing in the user's folder") {
    withModel("images") { (_, _) =>
      assert(left.isEmpty)
    }
  }

  test("variables that do not restore are a load error, and leave nothing either") {
    val root = TestModels.copy("linear")
    val shard = root.resolve("1/variables/variables.data-00000-of-00001")
    val bytes = Files.readAllBytes(shard)
    Files.write(shard, bytes.map(byte => (byte ^ 1).toByte))
    val description = ModelDescription.of(tfpredict.ModelSpec(root.toString))
    val refused =
      intercept[ModelLoadException](new ModelLoader(Engine.installed).load(
        description.spec,
        tfpredict.Settings.default
      ))
    assert(refused.getMessage.contains("a model that TensorFlow 1.15 loads"))
    assert(refused.errorClass == "TFPREDICT_LOAD_REFUSED")
    assert(left.isEmpty)
  }
}
