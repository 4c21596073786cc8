package tfpredict.savedmodel.adapt

import org.tensorflow.framework.{AttrValue, DataType}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog
import tfpredict.model.ModelDescription
import tfpredict.{GraphModel, LocalModel, UnsupportedModelException}

/** Compares the table's dtypes with the runtime. */
class MissingKernelsSuite extends NodeRuns {
  test("Cast runs between exactly the dtypes that the table has") {
    val dtypes = DataType.values.toSeq.filter { dtype =>
      dtype != DataType.UNRECOGNIZED && dtype != DataType.DT_INVALID && dtype.getNumber < 100
    }
    val refused = for {
      from <- dtypes
      to <- dtypes
      cast = node("Cast", "y", "x")("SrcT" -> kind(from), "DstT" -> kind(to))
      // If the kernel exists, the failure is about the missing input.
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

  test("the nodes that a rule adds must have a kernel too") {
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
    // The node as the rule would create it.
    val made = placeholder("x0") +: nodes("MatrixDiagPartV2")
    val failed = intercept[Exception](fetch(made, Seq(Seq(2L, 2L))))
    assert(failed.getMessage.contains("MatrixDiagPartV2"), failed)
  }

  test("an op with a kernel only on the compiling device is refused or rewritten") {
    def nodes(op: String, dtype: DataType) = Seq(
      node("Cast", "narrow", "x")("SrcT" -> float, "DstT" -> kind(dtype)),
      node(op, "op", "narrow")("T" -> kind(dtype)),
      node("Cast", "y", "op")("SrcT" -> kind(dtype), "DstT" -> float)
    )
    def write(op: String, dtype: DataType) =
      GraphModel.write(nodes(op, dtype), Map("y" -> "y:0"))
    val model = LocalModel.load(write("Tanh", DataType.DT_BFLOAT16))
    try
      for (x <- Seq(-0.5f, 0f, 0.25f)) {
        val found = model.run(Array(Array(x))).head.head
        assert(math.abs(found - math.tanh(x.toDouble)) < 0.01, x)
      }
    finally model.close()
    // Only the compiling device has a kernel, and no rule replaces the op.
    val spec = write("Snapshot", DataType.DT_UINT32)
    assert(intercept[UnsupportedModelException](ModelDescription.of(spec)).found ==
      "op Snapshot with T=uint32, which has no kernel for a CPU, at node op")
  }

  test("the dtypes with which the compiling device crashes the process are refused") {
    val unsigned = Seq("Mean", "Prod", "Sum", "RandomShuffle", "Roll", "MaxPoolGrad") ++
      Seq("Max", "Min").flatMap(name => Seq(name, s"UnsortedSegment$name"))
    val brain = Seq("FusedBatchNormGradV2", "FusedBatchNormGradV3", "ResizeBilinearGrad") ++
      Seq("AvgPoolGrad", "Conv2DBackpropFilter", "LRNGrad", "SoftmaxCrossEntropyWithLogits") ++
      Seq("Input", "Filter").map(name => s"DepthwiseConv2dNativeBackprop$name")
    val decompositions = Seq("Cholesky", "Qr", "SelfAdjointEigV2", "Svd")
    val deadly = unsigned.map(_ -> ("T" -> DataType.DT_UINT32)) ++
      brain.map(_ -> ("T" -> DataType.DT_BFLOAT16)) ++
      decompositions.map(_ -> ("T" -> DataType.DT_HALF)) ++
      Seq("ArgMax", "ArgMin", "Max", "Min").map(_ -> ("T" -> DataType.DT_COMPLEX64)) ++
      Seq("TensorScatterAdd", "TensorScatterSub").map(_ -> ("T" -> DataType.DT_BOOL)) ++
      Seq("BiasAddGrad", "UnsortedSegmentProd", "UnsortedSegmentSum")
        .map(_ -> ("T" -> DataType.DT_QINT8)) ++ Seq(
        "Range" -> ("Tidx" -> DataType.DT_BFLOAT16),
        "ResourceGather" -> ("dtype" -> DataType.DT_UINT64),
        "TensorListFromTensor" -> ("element_dtype" -> DataType.DT_UINT32)
      )
    for ((op, (attribute, dtype)) <- deadly)
      assert(MissingKernels.of(node(op, "y")(attribute -> kind(dtype))).isDefined, op)
  }

  test("a dtype that no kernel takes is reported with its attribute") {
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

  test("ops that need no kernel, and unknown ops, are not refused here") {
    for (op <- Seq("AccumulateNV2", "Unheard", "While", "PartitionedCall", "Placeholder", "NoOp"))
      assert(MissingKernels.of(node(op, "y")("dtype" -> kind(DataType.DT_FLOAT))).isEmpty, op)
  }
}
