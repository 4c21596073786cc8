package tfpredict.savedmodel

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

/**
 * Values of attributes with which an op's kernel ends the process, and which no layer writes. Shown
 * by running them: the cases of `tests/security`.
 */
private[savedmodel] object DeadlyValues {

  /** What a node would do with its values, in words that follow "which". */
  def reason(node: NodeDef): Option[String] = if (ops(node.getOp)) ofValues(node) else None

  /** The ops whose values are looked at. */
  lazy val ops: Set[String] =
    Set("AsString", "AudioSpectrogram", "BatchFunction", "CTCBeamSearchDecoder", "Const") ++
      Set("DenseToSparseSetOperation", "DeserializeSparse", "GatherV2", "HostConst", "If") ++
      Set("LRN", "Mfcc", "ParseTensor", "RaggedGather", "RaggedTensorToTensor") ++
      Set("RaggedTensorToVariant", "ResourceGather", "RestoreV2", "ReverseSequence") ++
      Set("SparseCross", "StatelessIf") ++
      Set("SparseToSparseSetOperation", "StringNGrams", "_If") ++
      Windows.keySet ++ Blocks ++ Unfit.keySet

  private def ofValues(node: NodeDef): Option[String] = node.getOp match {
    // The kernel makes a format of C from it.
    case "AsString" =>
      attribute(node, "fill").map(_.getS.toStringUtf8).filterNot(Fills).map(ends("fill", _))
    case op if Windows.contains(op) =>
      val dims = Windows(op)
      WindowKeys.flatMap { key =>
        attribute(node, key)
          .map(_.getList.getIList.asScala)
          .filter(sizes => sizes.size != dims || sizes.exists(size => size < 1 || size > MaxSize))
          .map(sizes => ends(key, sizes.mkString("[", ",", "]")))
      }.headOption
    case "CTCBeamSearchDecoder" =>
      outside(node, "beam_width", 1, MaxSize).orElse(outside(node, "top_paths", 1, MaxPaths))
    // Complex numbers have no order, and half precision does not converge.
    case op if Unfit.contains(op) =>
      attribute(node, "T").map(_.getType).filter(Unfit(op)).map(dtype =>
        ends("T", Kernels.word(dtype))
      )
    // The kernel squares it.
    case op if Blocks(op) => outside(node, "block_size", 1, MaxBlock)
    case "LRN" => outside(node, "depth_radius", 0, MaxSize)
    case "Mfcc" =>
      outside(node, "filterbank_channel_count", 1, MaxFilters)
        .orElse(outside(node, "dct_coefficient_count", 1, MaxFilters))
    case "AudioSpectrogram" =>
      outside(node, "window_size", 2, MaxWindow).orElse(outside(node, "stride", 1, MaxWindow))
    // The kernel takes it from the ranks without a look; who writes it has an axis too.
    case "ResourceGather" => outside(node, "batch_dims", 0, 0)
    // Counted from the end once, and kept for tensors of other ranks.
    case "GatherV2" => outside(node, "batch_dims", 0, 254)
    case "If" | "StatelessIf" | "_If" =>
      attribute(node, "Tcond").map(_.getType).filterNot(Conditions).map(dtype =>
        ends("Tcond", Kernels.word(dtype))
      )
    // What the elements are is found when one is another's.
    case "DeserializeSparse" => handle(node, "Tserialized")
    // A list of tensors that says of itself what it is not.
    case "ParseTensor" => handle(node, "out_type")
    case "Const" | "HostConst" if handle(node, "dtype").isDefined => handle(node, "dtype")
    case "RestoreV2" => handle(node, "dtypes")
    case "StringNGrams" => ngrams(node)
    // A dimension of the indices each is one more.
    case "RaggedGather" =>
      val inputs = attribute(node, "PARAMS_RAGGED_RANK").fold(1L)(_.getI)
      outside(node, "OUTPUT_RAGGED_RANK", inputs - 1, inputs + 30)
    // Reads all as texts.
    case "SparseCross"
        if attribute(node, "internal_type").exists(_.getType == DataType.DT_STRING) =>
      Seq("sparse_types", "dense_types").find(key =>
        attribute(node, key).exists(_.getList.getTypeList.asScala.exists(_ != DataType.DT_STRING))
      ).map(ends(_, "a list with what is no text"))
    // Rows are counted by the first column.
    case "SparseCross" if attribute(node, "dense_types").forall(_.getList.getTypeCount == 0) =>
      outside(node, "N", 1, Long.MaxValue)
    case "RaggedTensorToVariant" if attribute(node, "batched_input").exists(_.getB) =>
      outside(node, "RAGGED_RANK", 1, Long.MaxValue)
    case "RaggedTensorToTensor" if node.containsAttr("row_partition_types") => partitions(node)
    case "DenseToSparseSetOperation" | "SparseToSparseSetOperation" =>
      attribute(node, "validate_indices").filterNot(_.getB).map(_ =>
        ends("validate_indices", "false")
      )
    case "BatchFunction" => outside(node, "num_batch_threads", 1, MaxThreads)
    case "ReverseSequence" =>
      outside(node, "seq_dim", 0, Long.MaxValue)
        .orElse(outside(node, "batch_dim", 0, Long.MaxValue))
    // A tensor without elements can have the largest sizes besides, which kernels multiply.
    case "Const" =>
      attribute(node, "value")
        .map(_.getTensor.getTensorShape.getDimList.asScala.map(_.getSize))
        .filter(_.map(_.max(1L).toDouble).product >= MaxVolume)
        .map(sizes => ends("value", s"a tensor of shape ${sizes.mkString("[", ",", "]")}"))
    case _ => None
  }

  // By how many dimensions a window moves. The runtime's own planning counts on it.
  private val Windows = Map(
    "Conv2D" -> 4,
    "Conv2DBackpropInput" -> 4,
    "DepthwiseConv2dNative" -> 4,
    "MaxPool" -> 4,
    "MaxPoolWithArgmax" -> 4,
    "AvgPool" -> 4,
    "ExtractImagePatches" -> 4,
    "Conv3D" -> 5,
    "Conv3DBackpropInputV2" -> 5,
    "MaxPool3D" -> 5,
    "AvgPool3D" -> 5,
    "ExtractVolumePatches" -> 5
  )
  private val WindowKeys = Seq("ksize", "ksizes", "strides", "rates", "dilations")
  private val MaxSize = 1L << 16
  /* Those that only the runtime's compiler has kernels for, which take long or end for want of
   * memory. */
  private val Compiled = Set(DataType.DT_UINT32, DataType.DT_UINT64, DataType.DT_QINT8) ++
    Set(DataType.DT_QUINT8, DataType.DT_QINT32, DataType.DT_QINT16, DataType.DT_QUINT16)
  private val ComplexNumbers = Set(DataType.DT_COMPLEX64, DataType.DT_COMPLEX128)
  private val Unfit: Map[String, Set[DataType]] = Map(
    "ArgMax" -> ComplexNumbers,
    "ArgMin" -> ComplexNumbers,
    "Max" -> (Compiled ++ ComplexNumbers),
    "Min" -> (Compiled ++ ComplexNumbers),
    "Qr" -> Set(DataType.DT_HALF),
    "SelfAdjointEigV2" -> Set(DataType.DT_HALF),
    "Svd" -> Set(DataType.DT_HALF)
  ) ++ (Seq("Mean", "Prod", "Sum", "RandomShuffle") ++
    Seq("Max", "Min", "Prod", "Sum").map(name => s"UnsortedSegment$name")).map(_ -> Compiled)
  // What the runtime takes for true or false.
  private val Conditions = Set(DataType.DT_BOOL, DataType.DT_STRING, DataType.DT_FLOAT) ++
    Set(DataType.DT_DOUBLE, DataType.DT_INT8, DataType.DT_INT16, DataType.DT_INT32) ++
    Set(DataType.DT_INT64, DataType.DT_UINT8)
  private val Blocks = Set("BatchToSpace", "DepthToSpace", "SpaceToBatch", "SpaceToDepth")
  private val MaxBlock = 1L << 14
  private val MaxFilters = 4096L
  private val MaxPaths = 1024L
  private val MaxVolume = 2147483648.0
  private val Fills = Set("", " ", "0", "-", "+", "#")
  private val MaxWindow = 1L << 24
  private val MaxThreads = 64L

  private def handle(node: NodeDef, key: String): Option[String] =
    attribute(node, key).toSeq
      .flatMap(value => value.getType +: value.getList.getTypeList.asScala)
      .find(dtype => dtype == DataType.DT_RESOURCE || dtype == DataType.DT_VARIANT)
      .map(dtype => ends(key, Kernels.word(dtype)))

  private def partitions(node: NodeDef): Option[String] = {
    val key = "row_partition_types"
    val kinds = attribute(node, key).toSeq.flatMap(_.getList.getSList.asScala).map(_.toStringUtf8)
    val isWhole = attribute(node, "num_row_partition_tensors").exists(_.getI == kinds.size) &&
      kinds.headOption.exists(Set("FIRST_DIM_SIZE", "ROW_SPLITS")) &&
      kinds.drop(1).forall(Set("VALUE_ROWIDS", "ROW_SPLITS"))
    if (isWhole) None else Some(ends(key, kinds.mkString("[", ",", "]")))
  }

  // What one row becomes is the product of these.
  private def ngrams(node: NodeDef): Option[String] = {
    val widths = attribute(node, "ngram_widths").toSeq.flatMap(_.getList.getIList.asScala)
    widths
      .find(width => width < 1 || width > MaxNgram)
      .map(width => ends("ngram_widths", width.toString))
      .orElse(outside(node, "pad_width", -1, MaxNgram))
      .orElse(Seq("separator", "left_pad", "right_pad").find(key =>
        attribute(node, key).exists(_.getS.size > MaxNgram)
      ).map(ends(_, s"a text of more than $MaxNgram bytes")))
  }

  private val MaxNgram = 256L

  private def outside(node: NodeDef, key: String, least: Long, most: Long): Option[String] =
    attribute(node, key)
      .map(_.getI)
      .filter(value => value < least || value > most)
      .map(value => ends(key, value.toString))

  private def attribute(node: NodeDef, key: String): Option[AttrValue] =
    Option(node.getAttrMap.get(key))

  private def ends(key: String, value: String): String = s"with $key=$value ends the process"
}
