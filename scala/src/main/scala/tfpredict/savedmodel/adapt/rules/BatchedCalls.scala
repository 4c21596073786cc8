package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kinds

/**
 * Replaces an op that collects rows of several callers and calls its function with one batch. Rows
 * already come in batches here. So the function is called with its caller's rows alone, and the
 * answer is the same: the op joins and splits along the first dimension. The runtime's kernel does
 * not check the function's arguments. Source: `batch_kernels.cc`.
 */
private[savedmodel] object BatchedCalls extends NodeRule {
  override val ops: Set[String] = Set("BatchFunction")
  override val why = "BatchFunction is a call of its function"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    def types(name: String) =
      Option(node.getAttrMap.get(name)).toSeq.flatMap(_.getList.getTypeList.asScala)
    val make = new Fragment(node, scope)
    make.finish("StatefulPartitionedCall", make.inputs: _*)(
      "Tin" -> kinds(types("Tin") ++ types("Tcaptured")),
      "Tout" -> kinds(types("Tout")),
      "f" -> node.getAttrOrThrow("f")
    ).copy(outputs = types("Tout").indices.map(at => s"out_tensors:$at" -> s"output:$at").toMap)
  }
}
