package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.Graph

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.advisories.{CaseGraph, OpCase}
import tfpredict.savedmodel.fuzz

/** Runs good and bad rows in the runtime, behind the checks. */
class CheckSuite extends CheckedOps {
  check("a rank")("LowerBound (float[1,2]{1}, float[1,3]{1})")(
    "LowerBound (float[2]{1}, float[1,3]{1})" -> "is not compatible with expected shape",
    "LowerBound (float[]{1}, float[]{1})" -> "is not compatible with expected shape"
  )
  // The runtime assumes that a size is a scalar, since its op says so.
  check("a count")(
    "Bincount (int32[3]{1}, int32[]{4}, float[3]{1})"
  )(
    "Bincount (int32[3]{1}, int32[4]{4}, float[3]{1})" -> "requested shape has 1",
    "Bincount (int32[3]{1}, int32[0], float[3]{1})" -> "requested shape has 1"
  )
  check("shapes that are the same")(
    "Substr (string[2]{abc}, int32[2]{0,1}, int32[2]{1})",
    "Substr (string[2]{abc}, int32[]{0}, int32[]{1})"
  )(
    "Substr (string[2]{abc}, int32[2]{0,1}, int32[]{1})" -> broken,
    "Substr (string[2]{abc}, int32[]{0}, int32[2]{1})" -> broken,
    "Substr (string[2]{abc}, int32[1]{0}, int32[1,1]{1})" -> broken
  )
  check("steps")(
    "Range (int32[]{5}, int32[]{0}, int32[]{-2})",
    "Range (float[]{0}, float[]{1}, float[]{0.1})",
    "RaggedRange (int64[2]{0,3}, int64[2]{2,9}, int64[]{1})",
    "RaggedRange Tsplits=int32 (int32[2]{0,2147483646}, int32[2]{3,2147483647}, int32[]{1})"
  )(
    "Range (int64[]{0}, int64[]{9223372036854775807}, int64[]{1})" -> broken,
    "Range (float[]{0}, float[]{1e38}, float[]{1e-30})" -> broken,
    "Range (double[]{0}, double[]{inf}, double[]{1})" -> broken,
    "RaggedRange (float[1]{0}, float[1]{nan}, float[1]{1})" -> broken,
    "RaggedRange (int32[3]{0,1,2}, int32[3]{3,3,2}, int32[3]{2147483647,1,2})" -> broken,
    "RaggedRange (int64[1]{0}, int64[1]{3}, int64[1]{9223372036854775807})" -> broken,
    "Range (int32[]{0}, int32[]{3}, int32[]{2147483647})" -> broken,
    "RaggedRange Tsplits=int32 (float[2]{0}, float[2]{1e9,2e9}, float[1]{1})" -> ""
  )
  check("multiples and paddings")(
    "Tile (float[2,3]{1}, int64[2]{2,0})",
    "Pad (float[2]{1}, int64[1,2]{1,2})",
    "PadV2 (float[2]{1}, int32[1,2]{1,2}, float[]{0})"
  )(
    "Tile (float[1,1]{1}, int64[2]{4611686018427387904,4611686018427387904})" -> broken,
    "Pad (float[1]{1}, int64[1,2]{4611686018427387904})" -> broken,
    "Pad (float[2,2]{1}, int32[2,2]{2000000000})" -> broken
  )
  check("the rank of indices that attributes say")(
    "RaggedGather PARAMS_RAGGED_RANK=1 OUTPUT_RAGGED_RANK=1 " +
      "((int64[3]{0,1,3}), float[3]{1}, int64[2]{1,0})"
  )(
    "RaggedGather PARAMS_RAGGED_RANK=1 OUTPUT_RAGGED_RANK=1 " +
      "((int64[3]{0,1,3}), float[3]{1}, int64[1,2]{1,0})" -> "is not compatible with expected shape"
  )
  test("paddings of int64 are read") {
    assert(failure("Pad (float[2,2,2,2]{1}, int64[4,2]{0,0,0,0,1,2,0,0})").isEmpty)
    val made = new CaseGraph(
      OpCase.of("none | PadV2 (float[2]{1}, int64[1,2]{1,2}, float[]{0})"),
      hidden = true
    )
    assert(failure("PadV2 (float[2]{1}, int64[1,2]{1,2}, float[]{0})").isEmpty)
    val graph = org.tensorflow.framework.GraphDef.parseFrom(made.bytes)
    assert(graph.getNodeList.asScala.exists(node => node.getOp == "Minimum"))
  }
  check("sizes of a split")(
    "SplitV num_split=3 (float[10]{1}, int64[3]{5,-1,2}, int32[]{0})"
  )(
    "SplitV num_split=3 (float[10]{1}, int64[3]{-5,-5,20}, int32[]{0})" -> broken,
    "SplitV num_split=2 (float[10]{1}, int64[2]{4294967296,10}, int32[]{0})" -> broken,
    "SplitV num_split=3 (float[10]{1}, int32[3]{2147483647,2147483647,12}, int32[]{0})" -> broken
  )
  check("sizes that two tensors share")(
    "GatherV2 batch_dims=1 (float[2,3]{1}, int32[2,1]{0}, int32[]{1})"
  )(
    "GatherV2 batch_dims=1 (float[2,3]{1}, int32[3,1]{0}, int32[]{1})" -> broken
  )
  check("a sparse tensor's parts")(
    "SparseFillEmptyRows (int64[2,2]{0,0,1,1}, float[2]{1}, int64[2]{5,2}, float[]{0})",
    "SparseReshape (int64[2,2]{0,0,1,1}, int64[2]{2,2}, int64[1]{-1})",
    "SparseReshape (int64[0,2], int64[2]{0,2}, int64[1]{0})"
  )(
    "SparseFillEmptyRows (int64[0,0], float[0], int64[0], float[]{0})" -> broken,
    "SparseFillEmptyRows (int64[2,2]{0}, float[0], int64[2]{5}, float[]{0})" -> broken,
    "SparseReshape (int64[1,2]{0}, int64[2]{4611686018427387904}, int64[1]{-1})" -> broken,
    "SparseReshape (int64[1,2]{0}, int64[2]{0,2}, int64[1]{0})" -> broken
  )
  check("splits within what follows")(
    "RaggedTensorToVariant batched_input=true ((int64[2]{0,2}, int64[3]{0,1,2}), float[2]{1})"
  )(
    "RaggedTensorToVariant batched_input=true ((int64[2]{0,2}, int64[2]{0,1}), float[2]{1})" ->
      broken,
    "RaggedTensorToVariant batched_input=true ((int64[2]{0,2}, int64[3]{0,1,3}), float[2]{1})" ->
      broken
  )

  private def dense(types: String, partitions: String) =
    s"RaggedTensorToTensor row_partition_types=[$types] " +
      s"(int64[2]{-1}, float[3]{1}, float[]{0}, ($partitions))"

  check("partitions of a ragged tensor")(
    dense("ROW_SPLITS", "int64[3]{0,1,3}"),
    dense("FIRST_DIM_SIZE,VALUE_ROWIDS", "int64[]{2}, int64[3]{0,0,1}")
  )(
    dense("ROW_SPLITS", "int64[3]{0,1000000000,3}") -> broken,
    dense("ROW_SPLITS", "int64[3]{0,-5,3}") -> broken,
    dense("ROW_SPLITS", "int64[3]{4294967295}") -> broken,
    dense("ROW_SPLITS", "int64[0]") -> "",
    dense("ROW_SPLITS", "int64[3]{0,1,4}") -> broken,
    dense("FIRST_DIM_SIZE,VALUE_ROWIDS", "int64[]{2}, int64[3]{0,0,2}") -> broken,
    dense("FIRST_DIM_SIZE,VALUE_ROWIDS", "int64[]{2}, int64[4]{0,0,1,1}") -> broken
  )

  check("diagonals")(
    "MatrixDiagPartV2 (float[2,3]{1}, int32[]{2}, float[]{0})",
    "MatrixDiagPartV2 (float[2,3]{1}, int32[2]{-1,0}, float[]{0})",
    "MatrixSetDiagV2 (float[2,3]{1}, float[1]{2}, int32[]{2})"
  )(
    "MatrixSetDiagV2 (float[2,2]{1}, float[3]{2}, int32[]{3})" -> broken,
    "MatrixDiagPartV2 (float[2,3]{1}, int32[]{3}, float[]{0})" -> broken,
    "MatrixDiagPartV2 (float[2,3]{1}, int32[]{-2}, float[]{0})" -> broken
  )
  check("indices in a shape")(
    "SparseReduceSum (int64[2,2]{0,1,1,2}, float[2]{1}, int64[2]{2,3}, int32[1]{1})",
    "SparseReduceSum (int64[2,2]{0,1,1,2}, float[2]{1}, int64[2]{2,3}, int32[1]{-1})",
    "SparseReduceMax (int64[0,2], float[0], int64[2]{2,3}, int32[1]{0})"
  )(
    "SparseReduceSum (int64[2,2]{0,1,1,3}, float[2]{1}, int64[2]{2,3}, int32[1]{1})" -> broken,
    "SparseReduceSum (int64[2,2]{0,-1,1,1}, float[2]{1}, int64[2]{2,3}, int32[1]{1})" -> broken,
    "SparseReduceSum (int64[2,2]{0}, float[2]{1}, int64[2]{2,3}, int32[1]{2})" -> broken,
    "SparseReduceMax (int64[2,2]{0}, float[2]{1}, int64[2]{2,-3}, int32[1]{1})" -> broken
  )
  private val sparse = "int64[2,2]{0,1,1,2}, float[2]{1}, int64[2]{2,3}"
  check("a part of a sparse tensor")(
    s"SparseSlice ($sparse, int64[2]{0,1}, int64[2]{2,2})",
    s"SparseSlice ($sparse, int64[2]{5,5}, int64[2]{9223372036854775807})",
    s"SparseSplit num_split=2 (int64[]{1}, $sparse)",
    s"SparseSplit num_split=2 (int64[]{-1}, $sparse)"
  )(
    s"SparseSlice ($sparse, int64[2]{-1,0}, int64[2]{2,2})" -> broken,
    s"SparseSlice ($sparse, int64[2]{0,0}, int64[2]{2,-2})" -> broken,
    s"SparseSplit num_split=2 (int64[]{-3}, $sparse)" -> broken,
    "SparseSplit num_split=2 (int64[]{1}, int64[2,2]{0,9}, float[2]{1}, int64[2]{2,3})" -> broken,
    "SparseSplit num_split=2 (int64[]{1}, int64[1,2]{0,1}, float[1]{1}, int64[2]{1,4294967296})" ->
      broken
  )
  check("sums and quotients of sparse tensors")(
    s"SparseAdd ($sparse, $sparse, float[]{0})",
    s"SparseTensorDenseAdd ($sparse, float[2,3]{1})",
    s"SparseDenseCwiseDiv ($sparse, float[2,3]{2})",
    s"SparseReduceSumSparse ($sparse, int32[1]{1})",
    s"SparseReduceMaxSparse ($sparse, int32[1]{-1})"
  )(
    "SparseAdd (int64[2,1]{0}, float[2]{1}, int64[2]{2,3}, " +
      "int64[2,1]{0}, float[2]{1}, int64[2]{2,3}, float[]{0})" -> broken,
    "SparseAdd (int64[2,0], float[2]{1}, int64[0], int64[2,0], float[2]{1}, int64[0], float[]{0})" ->
      broken,
    "SparseTensorDenseAdd (int64[2,3]{0}, float[2]{1}, int64[2]{2,3}, float[2,3]{1})" -> broken,
    "SparseTensorDenseAdd (int64[2,2]{0}, float[1]{1}, int64[2]{2,3}, float[2,3]{1})" -> broken,
    "SparseDenseCwiseDiv (int64[2,2]{0}, float[2]{1}, int64[2]{2,-3}, float[2,3]{2})" -> broken,
    "SparseReduceSumSparse (int64[2,2]{0}, float[2]{1}, int64[2]{2,3}, int32[1]{2})" -> broken
  )
  check("sets and sequences")(
    "SetSize (int64[2,2]{0,1,1,2}, int32[2]{1}, int64[2]{2,3})",
    "EditDistance (int64[1,2]{0,1}, int32[1]{1}, int64[2]{1,3}, " +
      "int64[2,2]{0,0,1,1}, int32[2]{1,2}, int64[2]{2,2})",
    "SerializeManySparse (int64[2,2]{0,1,1,2}, float[2]{1}, int64[2]{2,3})"
  )(
    "SetSize (int64[2,2]{0,1,1,2}, int32[2]{1}, int64[2]{-2,3})" -> broken,
    "SetSize (int64[2,2]{0,1,1,2}, int32[2]{1}, int64[]{3})" -> "",
    "EditDistance (int64[1,2]{0,3}, int32[1]{1}, int64[2]{1,3}, " +
      "int64[1,2]{9,0}, int32[1]{1}, int64[2]{1,3})" -> broken,
    "EditDistance (int64[0,0], int64[0], int64[0], int64[0,0], int64[0], int64[0])" -> broken,
    "SerializeManySparse (int64[1,2]{0}, float[1]{1}, int64[2]{1073741824,3})" -> broken
  )
  check("segments, bytes and bins")(
    "UnsortedSegmentJoin (string[3]{a,b,c}, int32[3]{0,1,0}, int32[]{2})",
    "DecodePaddedRaw out_type=int32 (string[2]{abcde,}, int32[]{8})",
    "HistogramFixedWidth (float[3]{0,inf,-inf}, float[2]{0,1}, int32[]{3})",
    "HistogramFixedWidth (int32[2]{2147483647,-2147483647}, int32[2]{0,9}, int32[]{3})"
  )(
    "UnsortedSegmentJoin (string[3]{a,b,c}, int32[3]{0,1,0}, int32[]{-1})" -> broken,
    "DecodePaddedRaw out_type=int32 (string[2]{abcde,}, int32[]{7})" -> "",
    "HistogramFixedWidth (float[2]{0,nan}, float[2]{0,1}, int32[]{3})" -> broken,
    "HistogramFixedWidth (float[2]{0,1}, float[2]{0,nan}, int32[]{3})" -> broken,
    "HistogramFixedWidth (double[2]{0,1}, double[2]{0,1e-320}, int32[]{3})" -> broken,
    "HistogramFixedWidth (int32[1]{2147483647}, int32[2]{-9,9}, int32[]{3})" -> broken
  )
  check("n-grams where no row has a word")(
    "StringNGrams separator=_ ngram_widths=[3] left_pad=a right_pad=b pad_width=-1 " +
      "preserve_short_sequences=false (string[0], int64[3]{0})",
    "StringNGrams separator=_ ngram_widths=[1,3] left_pad=a right_pad=b pad_width=1 " +
      "preserve_short_sequences=true (string[2]{c}, int64[4]{0,0,2,2})"
  )(
    "StringNGrams separator=_ ngram_widths=[3] left_pad=a right_pad=b pad_width=-1 " +
      "preserve_short_sequences=false (string[1]{c}, int64[2]{0,2})" -> broken,
    "StringNGrams separator=_ ngram_widths=[2] left_pad=a right_pad=b pad_width=3 " +
      "preserve_short_sequences=true (string[4]{c}, int64[2]{-1,-1})" -> broken
  )
  private def wrapped(limit: Int, wrapping: String) =
    "d = RangeDataset output_types=[int64] output_shapes=[scalar] " +
      s"(int64[]{5}, int64[]{$limit}, int64[]{1}); w = $wrapping; " +
      "DatasetToSingleElement output_types=[int64] output_shapes=[scalar] (w:0)"
  private val model = "ModelDataset output_types=[int64] output_shapes=[scalar] (d:0)"
  check("what is put around a data set")(
    wrapped(6, model),
    wrapped(6, "OptimizeDataset output_types=[int64] output_shapes=[scalar] (d:0, string[1]{none})")
  )(wrapped(5, model) -> "Dataset was empty")
  check("an axis")("ConcatV2 ((float[1]{1}, float[1]{2}), int32[]{0})")(
    "ConcatV2 ((float[1]{1}, float[1]{2}), int32[]{2147483647})" -> broken
  )

  private val list = "l = TensorListFromTensor (float[3,2]{1}, int32[1]{2}); "
  check("indices of a list of tensors")(
    list + "TensorListGather element_dtype=float (l, int32[2]{0,2}, int32[1]{2})",
    list + "TensorListGetItem element_dtype=float (l, int32[]{2}, int32[1]{2})"
  )(
    list + "TensorListGather element_dtype=float (l, int32[2]{0,3}, int32[1]{2})" -> broken,
    list + "TensorListGather element_dtype=float (l, int32[1]{-1}, int32[1]{2})" -> broken,
    list + "TensorListGetItem element_dtype=float (l, int32[2]{2}, int32[1]{2})" ->
      "is not compatible with expected shape",
    list + "TensorListGetItem element_dtype=float (l, int32[]{2}, int32[1,1]{2})" -> broken
  )
  check("lists that are joined")(
    list + "TensorListConcat element_dtype=float element_shape=[9] (l)",
    "l = TensorListFromTensor (float[3,2,2]{1}, int32[2]{2}); " +
      "TensorListConcat element_dtype=float element_shape=? (l)"
  )(
    list + "TensorListConcat element_dtype=float element_shape=[9,3] (l)" -> "",
    list + "TensorListConcat element_dtype=float element_shape=[] (l)" -> ""
  )
  check("an index that is beyond all use")(
    "a = TensorArrayV3 dtype=float dynamic_size=true (int32[]{1}); " +
      "TensorArrayWriteV3 (a:0, int32[]{3}, float[]{1}, float[]{0})"
  )("a = TensorArrayV3 dtype=float (int32[]{2000000000}); TensorArraySizeV3 (a:0, float[]{0})" ->
    broken)

  check("an order of dimensions, and a shape")(
    "Transpose (float[2,3]{1}, int32[2]{1,0})",
    "BroadcastTo (float[1,3]{1}, int64[2]{2,3})",
    "ScatterNd (int64[2,1]{0,2}, float[2]{1}, int64[1]{3})",
    "StridedSliceGrad (int32[1]{3}, int32[1]{0}, int32[1]{2}, int32[1]{1}, float[2]{1})"
  )(
    "Transpose (float[2,1]{1}, int64[]{3})" -> "",
    "Transpose (float[2,2,2]{1}, int64[3]{-2147483648,1,2})" -> broken,
    "ConjugateTranspose (complex64[3]{1}, int32[1]{0})" -> "",
    "BroadcastTo (float[1,3]{1}, int64[2]{-3,3})" -> broken,
    "ScatterNd (int64[2,1]{0,2}, float[2]{1}, int64[1]{-3})" -> broken,
    "StridedSliceGrad (int32[1]{-4}, int32[1]{0}, int32[1]{2}, int32[1]{1}, float[2]{1})" -> broken
  )
  check("rows of the same classes")(
    "SoftmaxCrossEntropyWithLogits (float[2,3]{1}, float[2,3]{0,1,0})"
  )("SoftmaxCrossEntropyWithLogits (float[1,1]{1}, float[4,1]{1})" -> broken)
  check("values for each place")(
    "ParallelDynamicStitch ((int32[2]{1,0}, int32[0]), (float[2,3]{1}, float[0,3]))"
  )("ParallelDynamicStitch ((int32[]{0}), (float[0,3]))" -> broken)
  // Their kernels divide by sizes.
  private val windows = "ksize=[1,2,2,2,1] strides=[1,1,1,1,1]"
  check("no empty tensor")(
    "Einsum equation=abc,acd->abd ((float[2,3,4]{1}, float[2,4,5]{1}))",
    s"MaxPool3D padding=SAME $windows (float[1,1,2,3,1]{1})",
    s"AvgPool3D padding=VALID $windows (float[1,2,2,3,1]{1})"
  )(
    "Einsum equation=aecd,abcd->acbe ((float[1,0,2,4], float[1,0,2,4]))" -> broken,
    s"MaxPool3D padding=SAME $windows (float[1,0,2,3,1])" -> broken,
    s"AvgPool3D padding=SAME $windows (float[1,2,2,3,0])" -> broken,
    s"MaxPool3D padding=VALID $windows (float[1,2,1,3,1]{1})" -> broken,
    s"AvgPool3D padding=VALID $windows (float[1,2,2,1,1]{1})" -> broken
  )

  // The quotient overflows the dtype, and the processor's exception ends the process.
  check("no least number divided by -1")(
    "FloorDiv (int32[2]{-2147483648,7}, int32[2]{1,2})",
    "FloorMod (int64[2]{8,7}, int64[2]{-1,2})",
    "Mod (int32[2]{-2147483647,7}, int32[]{-1})",
    "FloorDiv (float[1]{-2147483648}, float[1]{-1})",
    "TruncateDiv (int16[1]{-32768}, int16[1]{-1})"
  )(Seq("FloorDiv", "TruncateDiv", "FloorMod", "Mod", "TruncateMod", "Div").flatMap(op =>
    Seq(
      s"$op (int32[2]{-2147483648,7}, int32[]{-1})" -> broken,
      s"$op (int64[]{-9223372036854775808}, int64[2]{2,-1})" -> broken
    )
  ): _*)

  test("each op of the table has cases with checks that the runtime takes") {
    // Random cases of these are refused earlier, or need no check.
    val rare =
      Set("Conv3D", "MatrixExponential", "StatefulStandardNormal", "RaggedTensorToTensor") ++
        Set("FractionalAvgPool", "FractionalMaxPool", "InterleaveDataset", "ParseSequenceExample")
    val random = catalog.guards.keySet.filterNot(op => rare(op) || op.startsWith("TensorArray"))
    val untaken = random.filterNot { op =>
      (0 until 200).iterator.map(seed =>
        new fuzz.CaseGraph(fuzz.OpCase.of(fuzz.OpCase.ops(op), Vector(seed))).adapted
      ).collect { case Right(definition) => definition }.exists { definition =>
        val graph = new Graph
        try {
          graph.importGraphDef(definition.toByteArray)
          definition.getNodeList.asScala.exists(_.getName.contains("tfpredict_check_"))
        } catch { case _: RuntimeException => false }
        finally graph.close()
      }
    }
    assert(untaken.isEmpty)
  }
}
