package tfpredict.savedmodel

import org.tensorflow.framework.{AttrValue, DataType}

import tfpredict.GraphModel._
import tfpredict.model.ModelDescription
import tfpredict.{GraphModel, LocalModel, UnsupportedModelException}

/** What the table says of dtypes, held against what the runtime does. */
class MissingKernelsSuite extends NodeRuns {
  test("Cast runs between the dtypes that the table says it does") {
    val dtypes = DataType.values.toSeq.filter { dtype =>
      dtype != DataType.UNRECOGNIZED && dtype != DataType.DT_INVALID && dtype.getNumber < 100
    }
    val refused = for {
      from <- dtypes
      to <- dtypes
      cast = node("Cast", "y", "x")("SrcT" -> kind(from), "DstT" -> kind(to))
      // A kernel that is made waits for what is to be cast.
      failure =
        intercept[Exception](fetch(Seq(node("Placeholder", "x")("dtype" -> kind(from)), cast)))
      isMade = failure.getMessage.contains("You must feed")
      told = MissingKernels.of(cast)
    } yield {
      assert(told.isEmpty == isMade, s"$from to $to")
      told
    }
    assert(refused.size == dtypes.size * dtypes.size && refused.flatten.size == 126)
    val words = node("Cast", "y", "x")("SrcT" -> kind(DataType.DT_STRING), "DstT" -> float)
    assert(MissingKernels.of(words).contains(
      "op Cast with SrcT=string and DstT=float, which has no kernel for a CPU,"
    ))
  }

  test("what a rule puts in a node's place must have a kernel too") {
    val string = kind(DataType.DT_STRING)
    val words = node("AsString", "words", "x0")("T" -> float)
    val none = node("AsString", "none", "zero")("T" -> float)
    def diagonal(op: String) =
      node(op, "diagonal", "words", "zeros", "none")("T" -> string)
    val number = node("StringToNumber", "y", "diagonal")("out_type" -> float)
    val zeros = constant(Seq(0L, 0L)).toBuilder.setName("zeros").build()
    val zero = node("Cast", "zero", "zeros")("SrcT" -> kind(DataType.DT_INT32), "DstT" -> float)
    def nodes(op: String) = Seq(words, zeros, zero, none, diagonal(op), number)
    val x0 = node("Identity", "x0", "x")("T" -> float)
    val spec = GraphModel.write(x0 +: nodes("MatrixDiagPartV3"), Map("y" -> "y:0"))
    val found = intercept[UnsupportedModelException](ModelDescription.of(spec)).found
    val told = "op MatrixDiagPartV2 with T=string, which has no kernel for a CPU,"
    assert(found == s"$told at node diagonal")
    // As the rule would have it.
    val made = placeholder("x0") +: nodes("MatrixDiagPartV2")
    val failed = intercept[Exception](fetch(made, Seq(Seq(2L, 2L))))
    assert(failed.getMessage.contains("MatrixDiagPartV2"), failed)
  }

  test("what only the compiling device has a kernel for runs, and is right") {
    val half = kind(DataType.DT_BFLOAT16)
    val nodes = Seq(
      node("Cast", "half", "x")("SrcT" -> float, "DstT" -> half),
      node("Tanh", "tanh", "half")("T" -> half),
      node("Cast", "y", "tanh")("SrcT" -> half, "DstT" -> float)
    )
    val model = LocalModel.load(GraphModel.write(nodes, Map("y" -> "y:0")))
    try
      for (x <- Seq(-0.5f, 0f, 0.25f)) {
        val found = model.run(Array(Array(x))).head.head
        assert(math.abs(found - math.tanh(x.toDouble)) < 0.01, x)
      }
    finally model.close()
  }

  test("a dtype that no kernel takes is told with the attribute") {
    val words = node("Unique", "y", "x0")("T" -> kind(DataType.DT_COMPLEX64))
    assert(MissingKernels.of(words).contains(
      "op Unique with T=complex64 and out_idx=int32, which has no kernel for a CPU,"
    ))
    assert(MissingKernels.of(words.toBuilder.putAttr("T", kind(DataType.DT_FLOAT)).build()).isEmpty)
    val open = node("Unique", "y", "x0")("T" -> AttrValue.newBuilder().setPlaceholder("T").build())
    assert(MissingKernels.of(open).isEmpty)
    val none = MissingKernels.of(node("CudnnRNN", "y")()).get
    assert(none == "op CudnnRNN, which has no kernel for a CPU,")
    assert(MissingKernels.of(node("XlaSvd", "y")("T" -> float)).nonEmpty)
  }

  test("what runs with no kernel of its own, and what is unknown, is nobody's to refuse here") {
    for (op <- Seq("AccumulateNV2", "Unheard", "While", "PartitionedCall", "Placeholder", "NoOp"))
      assert(MissingKernels.of(node(op, "y")("dtype" -> kind(DataType.DT_FLOAT))).isEmpty, op)
  }
}
