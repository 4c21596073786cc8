package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * Joins a checkpoint's weights into one vector, which [[CudnnRecurrent]] splits again: first all
 * matrices, then all biases. Source: `cudnn_rnn_ops.cc`.
 */
private[savedmodel] object CudnnParameters extends NodeRule {
  override val ops: Set[String] = Set("CudnnRNNCanonicalToParams", "CudnnRNNCanonicalToParamsV2")
  override val why = "weights for cuDNN are one behind the other"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    CudnnAttributes.unusual(node)(scope.catalog) match {
      case _ if !NodeRule.isComplete(node, scope) => Verdict.Keep
      case Some(what) =>
        Verdict.Refuse(s"op ${node.getOp} with $what, which has no kernel for a CPU,")
      case None =>
        val make = Fragment.inLoop(node, scope)
        val dtype = node.getAttrOrThrow("T").getType
        val shapes = new Shapes(make, dtype)
        // The first three inputs are sizes.
        val parts = make.inputs.drop(3).map(shapes.reshape(_, make.ints(-1)))
        make.finishAll(Seq(("params", shapes.concat(0, parts), dtype)))
    }
}
