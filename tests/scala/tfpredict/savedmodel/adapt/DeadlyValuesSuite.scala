package tfpredict.savedmodel.adapt

import com.google.protobuf.ByteString
import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.AttrValue.ListValue
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorProto}

import tfpredict.RuntimeCatalog.catalog

class DeadlyValuesSuite extends AnyFunSuite {

  private def reason(op: String, attributes: (String, AttrValue.Builder)*): Option[String] = {
    val node = NodeDef.newBuilder().setOp(op)
    attributes.foreach { case (key, value) => node.putAttr(key, value.build()) }
    ForbiddenOps.reason(node.build())
  }

  private def text(value: String) =
    AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value))

  private def number(value: Long) = AttrValue.newBuilder().setI(value)

  private def numbers(values: Long*) = {
    val list = ListValue.newBuilder()
    values.foreach(value => list.addI(value))
    AttrValue.newBuilder().setList(list)
  }

  private def dtypes(values: DataType*) = {
    val list = ListValue.newBuilder()
    values.foreach(value => list.addType(value))
    AttrValue.newBuilder().setList(list)
  }

  test("a fill that C's formats interpret is refused, other padding is not") {
    for (fill <- Seq("s", "n", "%n%s"))
      assert(reason("AsString", "fill" -> text(fill)).contains(
        s"with fill=$fill ends the process"
      ))
    for (fill <- Seq("", " ", "0")) assert(reason("AsString", "fill" -> text(fill)).isEmpty)
    assert(reason("AsString").isEmpty)
    for (key <- Seq("width", "precision")) {
      assert(reason("AsString", key -> number(1 << 20)).exists(_.contains(key)))
      assert(reason("AsString", key -> number(12)).isEmpty)
    }
  }

  test("formats are permutations of the same dimensions") {
    def formats(from: String, to: String) =
      Seq("src_format" -> text(from), "dst_format" -> text(to))
    for (op <- Seq("DataFormatDimMap", "DataFormatVecPermute")) {
      for ((from, to) <- Seq("NHWC" -> "NCHW", "NDHWC" -> "NCDHW", "NHWC" -> "NHWC"))
        assert(reason(op, formats(from, to): _*).isEmpty)
      assert(reason(op).isEmpty)
      for ((from, to) <- Seq("GIF8" -> "NCHW", "NHWC" -> "NHHC", "NNNN" -> "NNNN", "" -> ""))
        assert(reason(op, formats(from, to): _*).exists(_.contains(s"dst_format=$to ends")))
    }
  }

  test("crossed columns have as many indices as values") {
    def crossed(columns: Long, sparse: DataType*) = reason(
      "SparseCross",
      "N" -> number(columns),
      "sparse_types" -> dtypes(sparse: _*),
      "dense_types" -> dtypes(DataType.DT_INT64)
    )
    assert(crossed(0).isEmpty && crossed(1, DataType.DT_INT64).isEmpty)
    assert(crossed(0, DataType.DT_INT64).contains("with N=0 ends the process"))
    assert(crossed(2, DataType.DT_INT64).contains("with N=2 ends the process"))
  }

  test("pools of three dimensions without a size, or a step, are refused") {
    val one = numbers(1, 1, 1, 1, 1)
    for (op <- Seq("MaxPool3D", "AvgPool3D")) {
      assert(reason(op, "ksize" -> numbers(1, 2, 2, 2, 1), "strides" -> one).isEmpty)
      assert(reason(op, "ksize" -> numbers(1, 0, 2, 2, 1), "strides" -> one).contains(
        "with ksize=[1,0,2,2,1] ends the process"
      ))
      assert(reason(op, "ksize" -> one, "strides" -> numbers(1, 1, -1, 1, 1)).isDefined)
    }
  }

  test("a spectrogram of an empty window, or of one that never moves, is refused") {
    assert(reason(
      "AudioSpectrogram",
      "window_size" -> number(256),
      "stride" -> number(128)
    ).isEmpty)
    for ((window, stride) <- Seq(0L -> 0L, 2L -> 0L, -1L -> 1L, 2147483647L -> 1L)) {
      val found =
        reason("AudioSpectrogram", "window_size" -> number(window), "stride" -> number(stride))
      assert(found.exists(_.endsWith("ends the process")))
    }
  }

  test("a text with more copies than memory can hold is refused") {
    def texts(text: String, dims: Long*) = {
      val tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING)
      dims.foreach(size => tensor.getTensorShapeBuilder.addDimBuilder().setSize(size))
      AttrValue.newBuilder().setTensor(tensor.addStringVal(ByteString.copyFromUtf8(text)))
    }
    val long = "x" * 10000
    assert(reason("Const", "value" -> texts(long, 1 << 20, 1)).contains(
      "with value=texts of 10.5 GB ends the process"
    ))
    assert(reason("Const", "value" -> texts("", 1 << 30)).isDefined)
    assert(reason("Const", "value" -> texts(long, 1 << 10)).isEmpty)
    assert(reason("Const", "value" -> texts(long, 0)).isEmpty)
    assert(reason("Const", "value" -> texts("a word", 1 << 20)).isEmpty)
  }

  test("integers of a sparse tensor are not divided, since a row may divide by 0") {
    def of(dtype: DataType) = AttrValue.newBuilder().setType(dtype)
    assert(reason("SparseDenseCwiseDiv", "T" -> of(DataType.DT_INT32)).contains(
      "with T=int32 ends the process"
    ))
    assert(reason("SparseDenseCwiseDiv", "T" -> of(DataType.DT_FLOAT)).isEmpty)
  }

  test("sequences are not reversed along a missing dimension") {
    def found(seq: Long, batch: Long) =
      reason("ReverseSequence", "seq_dim" -> number(seq), "batch_dim" -> number(batch))
    assert(found(1, 0).isEmpty)
    assert(found(1, -5).contains("with batch_dim=-5 ends the process"))
    assert(found(-2, 0).contains("with seq_dim=-2 ends the process"))
  }

  test("an empty constant with other sizes too large to multiply is refused") {
    def constant(sizes: Long*) = {
      val value = AttrValue.newBuilder()
      sizes.foreach(value.getTensorBuilder.getTensorShapeBuilder.addDimBuilder().setSize(_))
      reason("Const", "value" -> value)
    }
    assert(constant(0, 5).isEmpty && constant().isEmpty)
    assert(constant(0, 1L << 62).contains(
      "with value=a tensor of shape [0,4611686018427387904] ends the process"
    ))
  }

  test("windows of other dimensions than an image's, or without a size, are refused") {
    val usual = numbers(1, 2, 2, 1)
    assert(reason("Conv2D", "strides" -> usual, "dilations" -> usual).isEmpty)
    assert(reason("Conv2DBackpropInput", "strides" -> numbers(1, 2, 2)).contains(
      "with strides=[1,2,2] ends the process"
    ))
    assert(reason("AvgPool", "ksize" -> numbers(1, 2, 2, 0), "strides" -> usual).isDefined)
    assert(reason("ExtractVolumePatches", "ksizes" -> usual).isDefined)
  }

  test("numbers of filters too large for memory are refused") {
    assert(reason("Mfcc", "filterbank_channel_count" -> number(40)).isEmpty)
    assert(reason("Mfcc", "filterbank_channel_count" -> number(1 << 30)).isDefined)
    assert(reason("LRN", "depth_radius" -> number(5)).isEmpty)
    assert(reason("LRN", "depth_radius" -> number(Int.MaxValue)).isDefined)
  }

  test("each op with checked values has a refused one") {
    val windows = Seq("Conv2D", "Conv2DBackpropInput", "DepthwiseConv2dNative", "MaxPool") ++
      Seq("MaxPoolWithArgmax", "AvgPool", "ExtractImagePatches", "Conv3D", "MaxPool3D") ++
      Seq("Conv3DBackpropInputV2", "AvgPool3D", "ExtractVolumePatches", "Dilation2D") ++
      Seq("Conv2DBackpropFilter", "Conv3DBackpropFilterV2", "MaxPoolGrad", "MaxPoolGradGrad") ++
      Seq("AvgPoolGrad", "MaxPool3DGrad", "MaxPool3DGradGrad", "AvgPool3DGrad") ++
      Seq("Input", "Filter").map(name => s"DepthwiseConv2dNativeBackprop$name")
    val empty = AttrValue.newBuilder()
    empty.getTensorBuilder.getTensorShapeBuilder.addDimBuilder().setSize(1L << 60)
    val blocks = Seq("BatchToSpace", "DepthToSpace", "SpaceToBatch", "SpaceToDepth")
    def dtype(value: DataType) = AttrValue.newBuilder().setType(value)
    val deadly = windows.map(_ -> ("strides" -> numbers(0))).toMap ++
      Seq("Max", "Avg").map(name => s"Fractional${name}Pool" -> ("pooling_ratio" -> numbers())) ++
      Seq("", "V2").map(v => s"DrawBoundingBoxes$v" -> ("T" -> dtype(DataType.DT_HALF))) ++
      blocks.map(_ -> ("block_size" -> number(1 << 16))) ++
      Seq("If", "StatelessIf", "_If").map(_ -> ("Tcond" -> dtype(DataType.DT_UINT16))) ++
      Seq("DenseToSparseSetOperation", "SparseToSparseSetOperation")
        .map(_ -> ("validate_indices" -> AttrValue.newBuilder().setB(false))) ++ Map(
        "AsString" -> ("fill" -> text("s")),
        "AudioSpectrogram" -> ("stride" -> number(0)),
        "CTCBeamSearchDecoder" -> ("top_paths" -> number(1 << 20)),
        "Const" -> ("value" -> empty),
        "DataFormatDimMap" -> ("src_format" -> text("NN")),
        "DataFormatVecPermute" -> ("dst_format" -> text("NCHC")),
        "DeserializeSparse" -> ("Tserialized" -> dtype(DataType.DT_VARIANT)),
        "GatherV2" -> ("batch_dims" -> number(-255)),
        "HostConst" -> ("dtype" -> dtype(DataType.DT_VARIANT)),
        "LRNGrad" -> ("depth_radius" -> number(-1)),
        "LRN" -> ("depth_radius" -> number(-1)),
        "Mfcc" -> ("dct_coefficient_count" -> number(0)),
        "ParseTensor" -> ("out_type" -> dtype(DataType.DT_VARIANT)),
        "RaggedGather" -> ("OUTPUT_RAGGED_RANK" -> number(-1)),
        "RaggedTensorToTensor" -> ("row_partition_types" -> numbers()),
        "ResourceGather" -> ("batch_dims" -> number(255)),
        "ReverseSequence" -> ("seq_dim" -> number(-1)),
        "SparseCross" -> ("N" -> number(1)),
        "SparseDenseCwiseDiv" -> ("T" -> dtype(DataType.DT_INT64)),
        "StringNGrams" -> ("pad_width" -> number(-5))
      )
    // Their attributes are lists, or must match another.
    val others = Set("RaggedTensorToVariant", "RestoreV2")
    assert(deadly.keySet ++ others == DeadlyValues.ops)
    val restored = NodeDef.newBuilder().setOp("RestoreV2")
      .putAttr("dtypes", dtypes(DataType.DT_VARIANT).build()).build()
    assert(DeadlyValues.reason(restored).isDefined)
    assert(reason(
      "RaggedTensorToVariant",
      "batched_input" -> AttrValue.newBuilder().setB(true),
      "RAGGED_RANK" -> number(0)
    ).isDefined)
    for ((op, value) <- deadly) assert(reason(op, value).isDefined, op)
  }
}
