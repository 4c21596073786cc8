package tfpredict.savedmodel.store

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.{ModelNotFoundException, ModelSpec, Settings, TestModels}

class MlflowFolderSuite extends AnyFunSuite {

  /** As MLflow 2.9 writes it for a Keras model that TensorFlow 2.13 saved. */
  private val OfKeras =
    """artifact_path: model
      |flavors:
      |  python_function:
      |    data: data
      |    env:
      |      conda: conda.yaml
      |      virtualenv: python_env.yaml
      |    loader_module: mlflow.tensorflow
      |    python_version: 3.10.12
      |  tensorflow:
      |    code: null
      |    data: data
      |    keras_version: 2.13.1
      |    model_type: keras
      |    save_format: tf
      |mlflow_version: 2.9.2
      |model_size_bytes: 21417
      |model_uuid: 5e0b3f3c6a1d4b3e9d0c8a7f6e5d4c3b
      |run_id: 0f1e2d3c4b5a69788796a5b4c3d2e1f0
      |signature:
      |  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]'
      |  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 1]}}]'
      |  params: null
      |utc_time_created: '2023-12-18 09:41:07.265143'
      |""".stripMargin

  /** As MLflow 2.20 writes it for a `tf.Module`. */
  private val OfModule =
    """flavors:
      |  python_function:
      |    env:
      |      conda: conda.yaml
      |      virtualenv: python_env.yaml
      |    loader_module: mlflow.tensorflow
      |    python_version: 3.11.9
      |  tensorflow:
      |    code: null
      |    model_type: tf2-module
      |    saved_model_dir: tf2model
      |is_signature_from_type_hint: false
      |mlflow_version: 2.20.1
      |""".stripMargin

  /** As MLflow 2.20 writes it for a model of Keras 3, by `mlflow.keras`. */
  private def ofKeras3(isExported: Boolean): String =
    s"""flavors:
       |  keras:
       |    data: data
       |    keras_backend: tensorflow
       |    keras_version: 3.8.0
       |    save_exported_model: $isExported
       |  python_function:
       |    data: data
       |    loader_module: mlflow.keras
       |mlflow_version: 2.20.1
       |""".stripMargin

  private def folder(text: String): Path = {
    val root = Files.createTempDirectory("mlflow-")
    Files.write(root.resolve("MLmodel"), text.getBytes(UTF_8))
    root
  }

  private def withModel(text: String, place: String): Path = {
    val root = folder(text)
    TestModels.copyInto(TestModels.made.resolve("linear/1"), root.resolve(place))
    root
  }

  private def resolve(root: Path): ModelSpec = ModelStore.resolve(ModelSpec(root.toString))

  private def refused(root: Path): ModelNotFoundException =
    intercept[ModelNotFoundException](resolve(root))

  test("the SavedModel of a flavour of TensorFlow or Keras is found") {
    for (
      (text, place) <- Seq(
        OfKeras -> "data/model",
        OfModule -> "tf2model",
        ofKeras3(isExported = true) -> "data/model",
        OfKeras.replace("data: data", "data: \"data\" # below this folder") -> "data/model",
        OfKeras.replace("\n", "\r\n") -> "data"
      )
    ) {
      val root = withModel(text, place)
      val found = resolve(root)
      assert(found.path == root.resolve(place).toString)
      assert(found.version.isEmpty && found.fingerprint.isDefined)
      val latest = ModelSpec(root.toString, latest = true)
      val seen = new SeenVersions().newest(latest, Settings.default)
      assert(seen.path == found.path && seen.fingerprint == found.fingerprint)
    }
  }

  test("a folder with a SavedModel of its own is that model, whatever else is there") {
    val root = withModel("not: [read", ".")
    assert(resolve(root).path == root.toString)
  }

  test("an MLflow model without a SavedModel says what to do") {
    val root = folder(ofKeras3(isExported = false))
    Files.createDirectories(root.resolve("data"))
    val file = Files.write(root.resolve("data/model.keras"), Array[Byte](1))
    assert(refused(root).found == s"the Keras file $file")
    assert(refused(root).fix.contains(s"tfpredict export $file NEW_FOLDER"))
    assert(refused(root).fix.contains("save_exported_model=True"))
    assert(refused(folder(OfModule)).found.startsWith("none in "))
    val others = "flavors:\n  sklearn:\n    pickled_model: m.pkl\n  python_function:\n    a: b\n"
    assert(refused(folder(others)).found == "the flavours python_function, sklearn")
    assert(refused(folder("flavors:\n")).found == "no flavour")
    val none = refused(folder("flavors:\n  tensorflow:\n    model_type: keras\n"))
    assert(none.found == "only model_type")
  }

  test("no path of MLmodel leads out of its folder") {
    for (odd <- Seq("../other", "/etc", "data/../..", "file:/etc", ".."))
      assert(
        refused(withModel(OfModule.replace("tf2model", odd), "tf2model")).found == s"the path $odd"
      )
  }

  test("neither does a link, and MLmodel is a plain file") {
    val other = withModel(OfModule, "tf2model")
    val root = folder(OfModule)
    Files.createSymbolicLink(root.resolve("tf2model"), other.resolve("tf2model"))
    assert(refused(root).found == s"a link, ${root.resolve("tf2model")}")
    // A link inside the folder is the model's own.
    val inside = withModel(OfModule, "models/1")
    Files.createSymbolicLink(inside.resolve("tf2model"), inside.resolve("models/1"))
    assert(resolve(inside).fingerprint.isDefined)
    val large = Files.createTempDirectory("mlflow-")
    Files.write(large.resolve("MLmodel"), new Array[Byte]((16 << 20) + 1))
    assert(refused(large).expected.contains("of at most 16 MB"))
  }

  test("a form of YAML that is not understood is refused with its line") {
    for (
      (text, found) <- Seq(
        "run_id: 1\n" -> "no key flavors",
        "flavors: {tensorflow: {data: data}}\n" -> "flavors in another form (line 1)",
        "flavors:\n  tensorflow: {data: data}\n" -> "tensorflow in another form (line 2)",
        "flavors:\n  tensorflow:\n    data: *place\n" -> "data: *place (line 3)",
        "flavors:\n  tensorflow:\n    data: |\n      data\n" -> "data: | (line 3)",
        "flavors:\n  a:\n    b: c\nflavors:\n  d:\n    e: f\n" -> "flavors twice (lines 1 and 4)"
      )
    )
      assert(refused(folder(text)).found == found)
  }
}
