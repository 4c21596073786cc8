package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, MetaGraphDef, NodeDef}

/**
 * Renames calls whose name is the scope of other nodes. The runtime inlines a function's nodes
 * under the call's name: those of `a` become `a/b`. If the graph has an `a/b` already, that ends
 * the process.
 */
private[savedmodel] object CallNames {

  def apart(graph: MetaGraphDef): MetaGraphDef = {
    val builder = graph.toBuilder
    val nodes = builder.getGraphDefBuilder
    val renamed = apart(nodes.getNodeList.asScala.toSeq, isFunction = false)
    if (renamed.size > nodes.getNodeCount) nodes.clearNode().addAllNode(renamed.asJava)
    val library = nodes.getLibraryBuilder
    for ((function, index) <- library.getFunctionList.asScala.toList.zipWithIndex) {
      val renamed = apart(function.getNodeDefList.asScala.toSeq, isFunction = true)
      if (renamed.size > function.getNodeDefCount) library.setFunction(index, of(function, renamed))
    }
    builder.build()
  }

  private def of(function: FunctionDef, nodes: Seq[NodeDef]): FunctionDef =
    function.toBuilder.clearNodeDef().addAllNodeDef(nodes.asJava).build()

  private def apart(nodes: Seq[NodeDef], isFunction: Boolean): Seq[NodeDef] =
    if (!nodes.exists(node => CallFlow.Calls(node.getOp))) nodes
    else {
      // All scopes of names: the parts of each name before a slash.
      val taken = nodes.iterator.flatMap { node =>
        val name = node.getName
        name.indices.iterator.filter(name(_) == '/').map(name.take)
      }.toSet
      val names = taken ++ nodes.map(_.getName)
      nodes.flatMap { node =>
        if (!CallFlow.Calls(node.getOp) || !taken(node.getName)) Seq(node)
        else split(node, names, isFunction)
      }
    }

  // The call gets a new name. A second node with the old name passes on its outputs, and other
  // nodes still wait for it.
  private def split(node: NodeDef, names: Set[String], isFunction: Boolean): Seq[NodeDef] = {
    val name = Iterator.from(0).map(n => s"${node.getName}/tfpredict_call_$n").find(!names(_)).get
    val types = node.getAttrOrThrow("Tout")
    val after = NodeDef.newBuilder().setName(node.getName)
    (0 until types.getList.getTypeCount).foreach { index =>
      after.addInput(if (isFunction) s"$name:output:$index" else s"$name:$index")
    }
    after.addInput(s"^$name")
    if (types.getList.getTypeCount == 0) after.setOp("NoOp")
    else after.setOp("IdentityN").putAttr("T", types)
    Seq(node.toBuilder.setName(name).build(), after.build())
  }
}
