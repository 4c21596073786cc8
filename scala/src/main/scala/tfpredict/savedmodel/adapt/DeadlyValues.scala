package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.engine.Kernels
import tfpredict.savedmodel.adapt.rules.Scope

/**
 * Attribute values for which an op's kernel ends the process. No layer writes such values. Each was
 * found by running it: see the cases of `tests/security`.
 */
private[savedmodel] object DeadlyValues {

  /** The danger of a node's attributes, in words that follow "which". */
  def reason(node: NodeDef): Option[String] = looks.get(node.getOp).flatMap(look => look(node))

  /** The ops with attributes to check. */
  def ops: Set[String] = looks.keySet

  private type Look = NodeDef => Option[String]

  private def look(ops: String*)(at: Look): Seq[(String, Look)] = ops.map(_ -> at)

  // Lazy, since it uses values that are defined below.
  private lazy val looks: Map[String, Look] = Seq(
    // The kernel builds a C format string from these attributes.
    look("AsString")(node =>
      attribute(node, "fill").map(_.getS.toStringUtf8).filterNot(Fills).map(ends("fill", _))
        .orElse(outside(node, "width", -1, MaxDigits))
        .orElse(outside(node, "precision", -1, MaxDigits))
    ),
    look("CTCBeamSearchDecoder")(node =>
      outside(node, "beam_width", 1, MaxSize).orElse(outside(node, "top_paths", 1, MaxPaths))
    ),
    // The kernel squares it.
    look("BatchToSpace", "DepthToSpace", "SpaceToBatch", "SpaceToDepth")(
      outside(_, "block_size", 1, MaxBlock)
    ),
    look("LRN", "LRNGrad")(outside(_, "depth_radius", 0, MaxSize)),
    look("Mfcc")(node =>
      outside(node, "filterbank_channel_count", 1, MaxFilters)
        .orElse(outside(node, "dct_coefficient_count", 1, MaxFilters))
    ),
    look("AudioSpectrogram")(node =>
      outside(node, "window_size", 2, MaxWindow).orElse(outside(node, "stride", 1, MaxWindow))
    ),
    // The kernel reads boxes with the pictures' dtype.
    look("DrawBoundingBoxes", "DrawBoundingBoxesV2")(dtype(_, "T", _ == DataType.DT_HALF)),
    look("FractionalAvgPool", "FractionalMaxPool")(ratios),
    // The kernel looks up each letter of one format in the other, and reads past the end if it is
    // missing.
    look("DataFormatDimMap", "DataFormatVecPermute")(formats),
    // A rule counts negative ones from the end.
    look("GatherV2", "ResourceGather")(outside(_, "batch_dims", -254, 254)),
    look("If", "StatelessIf", "_If")(dtype(_, "Tcond", !Conditions(_))),
    // The kernel notices an element of another type only when it uses it.
    look("DeserializeSparse")(handle(_, "Tserialized")),
    // The variant can be a tensor list whose own description is wrong.
    look("ParseTensor")(handle(_, "out_type")),
    look("HostConst")(handle(_, "dtype")),
    look("Const")(node => handle(node, "dtype").orElse(large(node)).orElse(blown(node))),
    look("RestoreV2")(handle(_, "dtypes")),
    look("StringNGrams")(ngrams),
    // Each dimension of the indices adds one.
    look("RaggedGather") { node =>
      val inputs = attribute(node, "PARAMS_RAGGED_RANK").fold(1L)(_.getI)
      outside(node, "OUTPUT_RAGGED_RANK", inputs - 1, inputs + 30)
    },
    look("SparseCross")(crossed),
    look("RaggedTensorToVariant")(node =>
      attribute(node, "batched_input")
        .filter(_.getB)
        .flatMap(_ => outside(node, "RAGGED_RANK", 1, Long.MaxValue))
    ),
    look("RaggedTensorToTensor")(partitions),
    look("DenseToSparseSetOperation", "SparseToSparseSetOperation")(node =>
      attribute(node, "validate_indices").filterNot(_.getB).map(_ =>
        ends("validate_indices", "false")
      )
    ),
    look("ReverseSequence")(node =>
      outside(node, "seq_dim", 0, Long.MaxValue)
        .orElse(outside(node, "batch_dim", 0, Long.MaxValue))
    ),
    // A division by 0, or of the minimum by -1.
    look("SparseDenseCwiseDiv")(dtype(_, "T", Integers)),
    Windows.toSeq.flatMap { case (op, dims) => look(op)(windows(_, dims)) }
  ).flatten.groupBy(_._1).map { case (op, found) =>
    val all: Look = node => found.flatMap(_._2(node)).headOption
    op -> all
  }

  private def windows(node: NodeDef, dims: Int): Option[String] = WindowKeys.flatMap { key =>
    attribute(node, key)
      .map(_.getList.getIList.asScala)
      .filter(sizes => sizes.size != dims || sizes.exists(size => size < 1 || size > MaxSize))
      .map(sizes => ends(key, sizes.mkString("[", ",", "]")))
  }.headOption

  private val Integers = Set(DataType.DT_INT8, DataType.DT_INT16, DataType.DT_INT32) ++
    Set(DataType.DT_INT64, DataType.DT_UINT8, DataType.DT_UINT16)

  // Dtypes that the runtime converts to a condition.
  private val Conditions = Set(DataType.DT_BOOL, DataType.DT_STRING, DataType.DT_FLOAT) ++
    Set(DataType.DT_DOUBLE, DataType.DT_INT8, DataType.DT_INT16, DataType.DT_INT32) ++
    Set(DataType.DT_INT64, DataType.DT_UINT8)

  private def dtype(node: NodeDef, key: String, isDeadly: DataType => Boolean): Option[String] =
    attribute(node, key).map(_.getType).filter(isDeadly).map(dtype =>
      ends(key, Kernels.word(dtype))
    )

  // Each ratio is the factor by which the picture's height or width shrinks.
  private def ratios(node: NodeDef): Option[String] =
    attribute(node, "pooling_ratio").map(_.getList.getFList.asScala.map(_.floatValue))
      .filterNot { ratios =>
        ratios.size == 4 && ratios.forall(ratio => ratio >= 1 && ratio <= MaxSize) &&
        ratios.head == 1 && ratios.last == 1
      }
      .map(ratios => ends("pooling_ratio", ratios.mkString("[", ",", "]")))

  // Both formats must have the same letters, in any order.
  private def formats(node: NodeDef): Option[String] = {
    def of(key: String, otherwise: String) =
      attribute(node, key).fold(otherwise)(_.getS.toStringUtf8)
    val (from, to) = (of("src_format", "NHWC"), of("dst_format", "NCHW"))
    val fits = from.distinct == from && from.sorted == to.sorted && Set(4, 5)(from.length)
    if (fits) None else Some(ends("src_format", s"$from and dst_format=$to"))
  }

  private def crossed(node: NodeDef): Option[String] = {
    def types(key: String) =
      attribute(node, key).toSeq.flatMap(_.getList.getTypeList.asScala)
    val (sparse, dense) = (types("sparse_types"), types("dense_types"))
    val columns = attribute(node, "N").map(_.getI)
    // The kernel needs as many indices as values, and takes the number of rows from the first
    // column.
    if (columns.exists(count => count != sparse.size || count + dense.size == 0))
      columns.map(count => ends("N", count.toString))
    // The kernel reads all columns as strings.
    else if (attribute(node, "internal_type").exists(_.getType == DataType.DT_STRING))
      Seq("sparse_types" -> sparse, "dense_types" -> dense).collectFirst {
        case (key, dtypes) if dtypes.exists(_ != DataType.DT_STRING) =>
          ends(key, "a list with what is no text")
      }
    else None
  }

  // A tensor with no elements may still have huge dimensions, and kernels multiply them.
  private def large(node: NodeDef): Option[String] =
    attribute(node, "value")
      .map(value => Scope.dims(value.getTensor))
      .filter(_.map(_.max(1L).toDouble).product >= MaxVolume)
      .map(sizes => ends("value", s"a tensor of shape ${sizes.mkString("[", ",", "]")}"))

  // One string in the file can fill a complete tensor with copies. Without memory for numbers, the
  // runtime reports an error. Without memory for strings, the process ends.
  private def blown(node: NodeDef): Option[String] =
    attribute(node, "value").map(_.getTensor).filter(_.getStringValCount > 0).flatMap { tensor =>
      val volume = Scope.dims(tensor).map(_.toDouble).product
      val last = tensor.getStringVal(tensor.getStringValCount - 1).size
      val bytes = volume * (last + BytesOfText)
      Some(ends("value", f"texts of ${bytes / 1e9}%.1f GB")).filter(_ => bytes >= MaxVolume)
    }

  // Number of dimensions of a window in each op. The runtime's own optimizer relies on it.
  private val Windows = Map(
    "Conv2D" -> 4,
    "Conv2DBackpropInput" -> 4,
    "Conv2DBackpropFilter" -> 4,
    "DepthwiseConv2dNativeBackpropInput" -> 4,
    "DepthwiseConv2dNativeBackpropFilter" -> 4,
    "MaxPoolGrad" -> 4,
    "MaxPoolGradGrad" -> 4,
    "AvgPoolGrad" -> 4,
    "Dilation2D" -> 4,
    "DepthwiseConv2dNative" -> 4,
    "MaxPool" -> 4,
    "MaxPoolWithArgmax" -> 4,
    "AvgPool" -> 4,
    "ExtractImagePatches" -> 4,
    "Conv3D" -> 5,
    "Conv3DBackpropInputV2" -> 5,
    "Conv3DBackpropFilterV2" -> 5,
    "MaxPool3DGrad" -> 5,
    "MaxPool3DGradGrad" -> 5,
    "AvgPool3DGrad" -> 5,
    "MaxPool3D" -> 5,
    "AvgPool3D" -> 5,
    "ExtractVolumePatches" -> 5
  )
  private val WindowKeys = Seq("ksize", "ksizes", "strides", "rates", "dilations")
  private val MaxSize = 1L << 16

  private val MaxBlock = 1L << 14
  private val MaxDigits = 4096L
  private val MaxFilters = 4096L
  private val MaxPaths = 1024L
  private val MaxVolume = 2147483648.0
  private val BytesOfText = 32
  private val Fills = Set("", " ", "0", "-", "+", "#")
  private val MaxWindow = 1L << 24

  private def handle(node: NodeDef, key: String): Option[String] =
    attribute(node, key).toSeq
      .flatMap(value => value.getType +: value.getList.getTypeList.asScala)
      .find(dtype => dtype == DataType.DT_RESOURCE || dtype == DataType.DT_VARIANT)
      .map(dtype => ends(key, Kernels.word(dtype)))

  private def partitions(node: NodeDef): Option[String] = {
    val key = "row_partition_types"
    attribute(node, key)
      .map(_.getList.getSList.asScala.map(_.toStringUtf8))
      .filterNot { kinds =>
        attribute(node, "num_row_partition_tensors").exists(_.getI == kinds.size) &&
        kinds.headOption.exists(Set("FIRST_DIM_SIZE", "ROW_SPLITS")) &&
        kinds.drop(1).forall(Set("VALUE_ROWIDS", "ROW_SPLITS"))
      }
      .map(kinds => ends(key, kinds.mkString("[", ",", "]")))
  }

  // A row's output grows with the product of these sizes.
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
