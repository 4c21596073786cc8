package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64}
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, numbers}

/**
 * A parser's sparse and ragged features. The runtime's parser supports sparse ones only. These have
 * the same values, and their indices give the rows.
 *
 * @param prefix
 *   a prefix of these features' attributes and outputs
 */
final private[rules] class ParsedSparse(node: NodeDef, prefix: String, make: Fragment) {
  import ParsedSparse._

  private val sparse = types(node, s"${prefix}sparse_types")
  private val ragged = types(node, s"${prefix}ragged_value_types")
  private val splits = types(node, s"${prefix}ragged_split_types")

  /** The dtypes of the values: first of sparse features, then of ragged ones. */
  val all: Seq[DataType] = sparse ++ ragged

  val sparseCount: Int = sparse.size

  val raggedCount: Int = ragged.size

  /** The outputs of the runtime's parser for these features. */
  def outputs: Seq[(String, Int)] =
    Seq("indices", "values", "shapes").map(part => s"${prefix}sparse_$part" -> all.size)

  /** The node's outputs for its sparse features. */
  def ofSparse(indices: Seq[String], values: Seq[String], shapes: Seq[String]): Outputs = {
    def integers(tensors: Seq[String]) = tensors.take(sparseCount).map(_ -> DT_INT64)
    Seq(
      s"${prefix}sparse_indices" -> integers(indices),
      s"${prefix}sparse_values" -> values.zip(sparse),
      s"${prefix}sparse_shapes" -> integers(shapes)
    )
  }

  /**
   * The node's outputs for its ragged features.
   *
   * @param records
   *   the serialized records; none for a scalar, which has no rows
   */
  def ofRagged(indices: Seq[String], values: Seq[String], records: Option[String]): Outputs = {
    val rows = indices.drop(sparseCount).zip(splits).map { case (places, dtype) =>
      records.fold(make.none(dtype))(split(places, _, dtype)) -> dtype
    }
    Seq(
      s"${prefix}ragged_values" -> values.drop(sparseCount).zip(ragged),
      s"${prefix}ragged_row_splits" -> rows
    )
  }

  // The index of each row's first value. Rows are in order, and an empty row has no index.
  private def split(indices: String, records: String, dtype: DataType): String = {
    val long = kind(DT_INT64)
    val rows = make.add("GatherV2", "output", indices, make.int(0), make.int(1))(
      "Tparams" -> long,
      "Tindices" -> kind(DT_INT32),
      "Taxis" -> kind(DT_INT32)
    )
    val count = make.add("Size", "output", records)(
      "T" -> kind(DataType.DT_STRING),
      "out_type" -> long
    )
    val last = make.add("Add", "z", count, make.long(1))("T" -> long)
    val all = make.add("Range", "output", make.long(0), last, make.long(1))("Tidx" -> long)
    def batch(vector: String) =
      make.add("ExpandDims", "output", vector, make.int(0))(
        "T" -> long,
        "Tdim" -> kind(DT_INT32)
      )
    val found =
      make.add("LowerBound", "output", batch(rows), batch(all))(
        "T" -> long,
        "out_type" -> kind(dtype)
      )
    make.add("Squeeze", "output", found)("T" -> kind(dtype), "squeeze_dims" -> numbers(Seq(0)))
  }
}

private[rules] object ParsedSparse {

  /** Outputs by name, each with its values and dtypes. */
  type Outputs = Seq[(String, Seq[(String, DataType)])]

  /** An attribute with a list of dtypes. Exporters omit an empty list. */
  def types(node: NodeDef, name: String): Seq[DataType] =
    node.getAttrOrDefault(name, AttrValue.getDefaultInstance).getList.getTypeList.asScala.toSeq

  /** Joins two lists of strings. */
  def joined(one: AttrValue, other: AttrValue): AttrValue = {
    val list = one.getList.toBuilder.addAllS(other.getList.getSList)
    AttrValue.newBuilder().setList(list).build()
  }
}
