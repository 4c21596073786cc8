package tfpredict.engine.tensorflow1

import java.nio.file.Paths
import java.nio.{ByteBuffer, ByteOrder}

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.TinyModels._
import tfpredict.engine.{Engine, EngineException, EngineSession, Fault}
import tfpredict.tensor.{DType, NumberTensor, Signature, TensorShape, TensorSpec}
import tfpredict.{ModelLoadException, ModelSpec, Settings}

/** Each status of the runtime, as Java reports it when a model runs and when it is loaded. */
class TfJavaFailuresSuite extends AnyFunSuite {
  private val Int = DataType.DT_INT32
  private val Float = DataType.DT_FLOAT
  private val x = placeholder("x", Int, -1)

  private lazy val MissingKernel = "a kernel that is missing"

  // Nodes that cause each status. The node `y` fails.
  private val failing: Seq[(String, Class[_], Fault, String, Seq[NodeDef])] = Seq(
    (
      "INVALID_ARGUMENT",
      classOf[IllegalArgumentException],
      Fault.Unclear,
      "is not in [0, 1)",
      Seq(
        ints("table", 7),
        ints("at", 5),
        scalar("axis", 0),
        node("GatherV2", "y", "table", "at", "axis")(
          "Tparams" -> kind(Int),
          "Tindices" -> kind(Int),
          "Taxis" -> kind(Int)
        )
      )
    ),
    (
      "INVALID_ARGUMENT of the model",
      classOf[IllegalArgumentException],
      Fault.Model,
      "You must feed a value for placeholder",
      Seq(placeholder("rate", Int), node("Neg", "y", "rate")("T" -> kind(Int)))
    ),
    (
      "FAILED_PRECONDITION",
      classOf[IllegalStateException],
      Fault.Model,
      "uninitialized value",
      Seq(
        node("VariableV2", "v")("dtype" -> kind(Int), "shape" -> dims(1)),
        node("Identity", "y", "v")("T" -> kind(Int))
      )
    ),
    (
      "RESOURCE_EXHAUSTED",
      classOf[IllegalStateException],
      Fault.Memory,
      "OOM when allocating",
      Seq(
        // A random size cannot be precomputed, and this one exceeds the address space.
        ints("one", 1),
        long("least", 1L << 45),
        long("most", (1L << 45) + 1),
        node("RandomUniformInt", "size", "one", "least", "most")(
          "T" -> kind(Int),
          "Tout" -> kind(DataType.DT_INT64)
        ),
        scalar("zero", 0),
        node("Fill", "y", "size", "zero")("T" -> kind(Int), "index_type" -> kind(DataType.DT_INT64))
      )
    ),
    (
      "OUT_OF_RANGE",
      classOf[IndexOutOfBoundsException],
      Fault.Unclear,
      "closed and has insufficient elements",
      Seq(
        node("FIFOQueueV2", "queue")("component_types" -> kinds(Int)),
        node("QueueCloseV2", "close", "queue")(),
        node("QueueDequeueV2", "y", "queue", "^close")("component_types" -> kinds(Int))
      )
    ),
    (
      "UNIMPLEMENTED",
      classOf[UnsupportedOperationException],
      Fault.Model,
      "only supports the NHWC tensor format on the CPU",
      Seq(
        ints("shape", 1, 1, 2, 2),
        float("one", 1f),
        node("Fill", "image", "shape", "one")("T" -> kind(Float), "index_type" -> kind(Int)),
        ints("kernel_shape", 1, 1, 1, 1),
        node("Fill", "kernel", "kernel_shape", "one")(
          "T" -> kind(Float),
          "index_type" -> kind(Int)
        ),
        node("Conv2D", "convolved", "image", "kernel")(
          "T" -> kind(Float),
          "data_format" -> word("NCHW"),
          "padding" -> word("VALID"),
          "strides" -> numbers(1, 1, 1, 1)
        ),
        node("Cast", "y", "convolved")("SrcT" -> kind(Float), "DstT" -> kind(Int))
      )
    ),
    (
      "PERMISSION_DENIED",
      classOf[SecurityException],
      Fault.Unclear,
      "/sys/",
      Seq(
        text("file", "/sys/tfpredict"),
        text("contents", "text"),
        scalar("answer", 1),
        node("WriteFile", "write", "file", "contents")(),
        node("Identity", "y", "answer", "^write")("T" -> kind(Int))
      )
    ),
    (
      "NOT_FOUND",
      classOf[org.tensorflow.TensorFlowException],
      Fault.Unclear,
      "/no/such/file",
      Seq(
        text("file", "/no/such/file"),
        node("ReadFile", "read", "file")(),
        node("StringToNumber", "y", "read")("out_type" -> kind(Int))
      )
    ),
    (
      MissingKernel,
      classOf[IllegalArgumentException],
      Fault.Model,
      "No OpKernel was registered to support Op 'CudnnRNNParamsSize'",
      Seq(
        scalar("one", 1),
        node("CudnnRNNParamsSize", "y", "one", "one", "one")("T" -> kind(Float), "S" -> kind(Int))
      )
    )
  )

  private def load(spec: ModelSpec): EngineSession =
    Engine.installed.load(spec, Paths.get(spec.path, "1"), Settings.default, mayNotEnd = false)

  private val signature = Signature(
    "serving_default",
    Vector(TensorSpec("x", "x:0", DType.Int32, TensorShape.of(-1))),
    Vector(TensorSpec("y", "y:0", DType.Int32, TensorShape.of(-1)))
  )

  private def row: NumberTensor = {
    val buffer = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder)
    new NumberTensor(DType.Int32, Array(1L), buffer)
  }

  for ((status, kind, fault, words, nodes) <- failing) {

    // When a graph is loaded, the runtime checks for kernels of its nodes, but not of its
    // functions.
    if (status != MissingKernel) test(s"$status, when a model runs") {
      val spec = of(Int, x +: nodes: _*)
      val session = load(spec)
      try {
        val failed =
          intercept[EngineException](session.function(spec, signature).run(Vector(row)))
        assert(failed.reason.startsWith("TensorFlow's error: "))
        assert(failed.reason.contains(words) && !failed.reason.contains("\n"))
        assert(failed.fault == fault)
        assert(failed.getCause.getClass == kind)
        assert(Engine.installed.liveTensors == 0)
      } finally session.close()
    }

    test(s"$status, when a model is loaded") {
      val spec = write(
        Seq(Tensor("x", "x:0", Int, -1)),
        Seq(Tensor("y", "y:0", Int, -1)),
        x +: nodes,
        initializer = Some("y")
      )
      val failed = intercept[ModelLoadException](load(spec))
      assert(failed.getMessage.contains("a model that TensorFlow 1.15 loads"))
      assert(failed.found.contains(words))
      assert(failed.fix.contains("memoryOverhead") == (fault == Fault.Memory))
      assert(failed.getCause.toString.contains(kind.getName))
    }
  }
}
