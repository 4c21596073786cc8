package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Gradients of 3D convolutions. The first versions take a tensor only for its shape. The second
 * versions take the shape itself. Source: `nn_ops.cc`.
 */
private[savedmodel] object FirstConvolutions extends NodeRule {
  override val ops: Set[String] = Set("Conv3DBackpropInput", "Conv3DBackpropFilter")
  override val why = "a gradient of a convolution of volumes takes a shape in place of a tensor"

  // inputs: input, filter, out_backprop
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val of = if (node.getOp == "Conv3DBackpropInput") 0 else 1
    val dtype = "T" -> node.getAttrOrThrow("T")
    val shape = make.add("Shape", "output", make.inputs(of))(dtype, "out_type" -> kind(DT_INT32))
    val kept = Seq("strides", "padding", "dilations").filter(node.containsAttr)
      .map(key => key -> node.getAttrOrThrow(key))
    make.finish(s"${node.getOp}V2", make.inputs.updated(of, shape): _*)(kept :+ dtype: _*)
  }
}
