package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, SignatureDef, TensorShapeProto}

import tfpredict.savedmodel.adapt.RaggedInput
import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/** Computes a ragged input's elements and splits from one dense array that is fed. */
private[rules] object DenseInput {

  /**
   * The replacements, keyed by the references to the parts. Empty if a part is not a placeholder.
   */
  def of(
      input: RaggedInput,
      signature: SignatureDef,
      scope: Scope
  ): Map[String, FedTensor] = {
    val parts = input.parts.map(name =>
      FedTensor.reference(signature.getInputsOrThrow(name).getName)
    )
    val placeholders = parts.flatMap(scope.node).filter(_.getOp == "Placeholder")
    if (placeholders.size < parts.size) Map.empty
    else {
      val elements = new Elements(placeholders.head, input, scope)
      val splits = placeholders.tail.zipWithIndex.map { case (node, level) =>
        node.getName -> new Splits(node, elements.placeholder, level, scope)
      }
      splits.toMap + (elements.placeholder -> elements)
    }
  }

  // Dimensions of a shape: slices, and products.
  final private class Dims(make: Fragment, dense: NodeDef, dtype: DataType) {
    val shape: String = make.add("Shape", "output", dense.getName)(
      "T" -> dense.getAttrOrThrow("dtype"),
      "out_type" -> kind(dtype)
    )

    def slice(begin: Int, size: Int): String =
      make.add("Slice", "output", shape, make.ints(begin), make.ints(size))(
        "T" -> kind(dtype),
        "Index" -> kind(DT_INT32)
      )

    def product(count: Int): String =
      make.add("Prod", "output", slice(0, count), make.ints(0))(
        "T" -> kind(dtype),
        "Tidx" -> kind(DT_INT32)
      )
  }

  final private class Elements(node: NodeDef, input: RaggedInput, scope: Scope)
      extends FedTensor {
    override val placeholder: String = node.getName
    private val make = new Fragment(node, scope)
    private val dense = {
      val shape = TensorShapeProto.newBuilder()
      input.dims.foreach(dim => shape.addDimBuilder().setSize(dim))
      node.toBuilder
        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
        .removeAttr("_output_shapes")
        .build()
    }

    override val stated: String = {
      val dims = new Dims(make, dense, DT_INT32)
      val first = make.add("ExpandDims", "output", dims.product(input.rank + 1), make.int(0))(
        "T" -> kind(DT_INT32),
        "Tdim" -> kind(DT_INT32)
      )
      val shape = make.add(
        "ConcatV2",
        "output",
        first,
        dims.slice(input.rank + 1, -1),
        make.int(0)
      )("N" -> number(2), "T" -> kind(DT_INT32), "Tidx" -> kind(DT_INT32))
      make.add("Reshape", "output", placeholder, shape)(
        "T" -> node.getAttrOrThrow("dtype"),
        "Tshape" -> kind(DT_INT32)
      )
    }

    override def nodes: Seq[NodeDef] = dense +: make.nodes
  }

  /** Rows of one length start at multiples of it. */
  final private class Splits(
      node: NodeDef,
      dense: String,
      level: Int,
      scope: Scope
  ) extends FedTensor {
    override def placeholder: String = dense
    private val dtype = node.getAttrOrThrow("dtype").getType
    private val make = new Fragment(node, scope)

    override val stated: String = {
      val of = scope.node(dense).get
      val dims = new Dims(make, of, dtype)
      def whole(value: Int) = if (dtype == DT_INT32) make.int(value) else make.long(value.toLong)
      val end = make.add("AddV2", "z", dims.product(level + 1), whole(1))("T" -> kind(dtype))
      val numbers =
        make.add("Range", "output", whole(0), end, whole(1))("Tidx" -> kind(dtype))
      make.add("Mul", "z", numbers, dims.slice(level + 1, 1))("T" -> kind(dtype))
    }

    override def nodes: Seq[NodeDef] = make.nodes
  }
}
