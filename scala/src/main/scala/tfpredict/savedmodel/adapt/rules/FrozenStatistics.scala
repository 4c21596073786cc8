package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

/**
 * Outside training, a batch normalization returns its input mean and variance. The runtime's kernel
 * leaves the memory of these outputs uninitialized. Source: `fused_batch_norm_op.cc` of the
 * runtime, which writes them only in training, and of newer versions.
 */
private[savedmodel] object FrozenStatistics extends NodeRule {
  override val ops: Set[String] =
    Set("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
  override val why = "a batch normalisation out of training gives the statistics that it is given"

  // inputs: x, scale, offset, mean, variance; outputs: y, batch_mean, batch_variance, and others
  override def apply(node: NodeDef, scope: Scope): Verdict =
    if (
      !NodeRule.isComplete(node, scope) ||
      Option(node.getAttrMap.get("is_training")).forall(_.getB) ||
      !scope.references(node.getName).exists(isStatistic)
    ) {
      Verdict.Keep
    } else {
      val make = Fragment.inLoop(node, scope)
      val outputs = scope.catalog.ops.outputs(node).map { case (name, of) => name -> of.head }
      val made = make.addOutputs(node.getOp, outputs.map(_._1), make.inputs: _*)(
        node.getAttrMap.asScala.toSeq: _*
      )
      val stated = made.updated(1, make.inputs(3)).updated(2, make.inputs(4))
      make.finishAll(outputs.zip(stated).map { case ((name, dtype), value) =>
        (name, value, dtype)
      })
    }

  private def isStatistic(reference: String): Boolean = reference.split(':') match {
    case Array(_, output, _) => output == "batch_mean" || output == "batch_variance"
    case Array(_, index) => index == "1" || index == "2"
    case _ => false
  }
}
