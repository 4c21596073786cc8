package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number, word}

/**
 * Batch normalization of volumes, which the runtime lacks. The op treats all dimensions except the
 * channels alike. So a batch of volumes can be reshaped to a larger batch of pictures, one per
 * layer. Source: `fused_batch_norm_op.cc` of newer versions, which does the same.
 */
private[savedmodel] object BatchNorm3D extends NodeRule {
  override val ops: Set[String] = Set("FusedBatchNormV3")
  override val why = "a batch normalisation of volumes is one of their layers"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    if (
      !NodeRule.isComplete(node, scope) ||
      Option(node.getAttrMap.get("data_format")).forall(_.getS.toStringUtf8 != "NDHWC")
    ) {
      Verdict.Keep
    } else {
      val make = Fragment.inLoop(node, scope)
      val ints = kind(DT_INT32)
      val x = make.inputs.head
      val dtype = node.getAttrOrThrow("T").getType
      val shape = make.add("Shape", "output", x)("T" -> kind(dtype), "out_type" -> ints)
      def dims(from: Int, count: Int) =
        make.add("Slice", "output", shape, make.ints(from), make.ints(count))(
          "T" -> ints,
          "Index" -> ints
        )
      val layers = make.add("Prod", "output", dims(0, 2), make.ints(0))(
        "T" -> ints,
        "Tidx" -> ints,
        "keep_dims" -> Fragment.flag(true)
      )
      val flat = make.add("ConcatV2", "output", layers, dims(2, 3), make.int(0))(
        "N" -> number(2),
        "T" -> ints,
        "Tidx" -> ints
      )
      def reshape(tensor: String, to: String) =
        make.add("Reshape", "output", tensor, to)("T" -> kind(dtype), "Tshape" -> ints)
      val outputs: Seq[(String, DataType)] =
        scope.catalog.ops.outputs(node).map { case (name, of) => name -> of.head }
      val attributes = node.getAttrMap.asScala.toSeq.filterNot(_._1 == "_output_shapes") :+
        ("data_format" -> word("NHWC"))
      val made = make.addOutputs(
        node.getOp,
        outputs.map(_._1),
        reshape(x, flat) +: make.inputs.tail: _*
      )(attributes: _*)
      make.finishAll(outputs.zip(reshape(made.head, shape) +: made.tail).map {
        case ((name, of), value) => (name, value, of)
      })
    }
}
