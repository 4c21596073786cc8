package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * Resolves a negative `batch_dims`, which counts from the last dimension of the indices. The
 * runtime resolves it once, and keeps the number for tensors of other ranks. For a variable it uses
 * the number unchecked, so this rule reads the variable first. Source: `gather_op.cc` and
 * `resource_variable_ops.cc` of the runtime.
 */
private[savedmodel] object BatchDims extends NodeRule {
  override val ops: Set[String] = Set("GatherV2", "ResourceGather")
  override val why = "dimensions that rows and indices share are counted from the first"

  // inputs: params or resource, indices, and axis if the op has it
  override def apply(node: NodeDef, scope: Scope): Verdict =
    Option(node.getAttrMap.get("batch_dims")).map(_.getI).filter(_ != 0).fold[Verdict](
      Verdict.Keep
    ) { stated =>
      val indices = node.getInput(1)
      val rank =
        scope.constant(indices).map(Scope.dims).orElse(scope.shape(indices)).map(_.size.toLong)
      val counted = if (stated > 0) Some(stated) else rank.map(_ + stated)
      counted match {
        case Some(dims) if dims >= 0 && dims < 255 =>
          if (node.getOp == "ResourceGather") read(node, scope, dims)
          else if (dims == stated) Verdict.Keep
          else {
            val make = new Fragment(node, scope)
            val kept = node.getAttrMap.asScala.toSeq.filterNot(_._1 == "batch_dims")
            make.finish("GatherV2", make.inputs: _*)(kept :+ ("batch_dims" -> number(dims)): _*)
          }
        case _ => Verdict.Refuse(
            s"op ${node.getOp} with batch_dims=$stated, whose indices are of no known rank,"
          )
      }
    }

  private def read(node: NodeDef, scope: Scope, dims: Long): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(resource, indices) = make.inputs
    val dtype = node.getAttrOrThrow("dtype")
    val rows = make.add("ReadVariableOp", "value", resource)("dtype" -> dtype)
    make.finish("GatherV2", rows, indices, make.int(dims.toInt))(
      "Tparams" -> dtype,
      "Tindices" -> node.getAttrOrThrow("Tindices"),
      "Taxis" -> kind(DT_INT32),
      "batch_dims" -> number(dims)
    )
  }
}
