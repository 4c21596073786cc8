package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework.AttrValue.ListValue
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  MetaGraphDef,
  NodeDef,
  TensorProto,
  TensorShapeProto
}

import tfpredict.engine.OpCatalog

/**
 * Restores variables that otherwise only TensorFlow's Python restores. `tf.saved_model.save` of a
 * Keras 3 model writes a restore op that fills copies of the variables, and the signatures use the
 * originals. Python fills the originals by the [[ObjectGraph]]. Here the restore op fills them too.
 *
 * A variable with an ambiguous object is unchanged, and [[ModelVariables]] rejects it.
 */
private[savedmodel] object ObjectRestores {

  def translated(graph: MetaGraphDef)(implicit catalog: OpCatalog): MetaGraphDef = {
    val saver = graph.getSaverDef
    if (
      !graph.hasObjectGraphDef || saver.getRestoreOpName.isEmpty ||
      saver.getFilenameTensorName.isEmpty
    ) graph
    else {
      val serving = new ServingGraph(graph)
      val keys = keysOf(graph, serving)
      if (keys.isEmpty) graph else restoring(graph, serving, keys)
    }
  }

  private def keysOf(graph: MetaGraphDef, serving: ServingGraph): Seq[(NodeDef, String)] = {
    val assigned = ModelVariables.handles(serving, serving.ofLoading).map(serving.identify).toSet
    val lost = serving.signatures.values.toSeq
      .flatMap(signature => ModelVariables.handles(serving, serving.ofSignature(signature)))
      .distinct
      .filter(node => node.getOp == "VarHandleOp" && !assigned(serving.identify(node)))
    if (lost.isEmpty) Nil
    else {
      val objects = new ObjectGraph(graph, serving)
      // Nodes with the same shared name are one variable with one value.
      lost
        .groupBy(serving.identify)
        .toSeq
        .sortBy(_._1)
        .flatMap { case (_, nodes) =>
          nodes.map(objects.key).distinct match {
            case Seq(Some(key)) => Some(nodes.head -> key)
            case _ => None
          }
        }
    }
  }

  private def restoring(
      graph: MetaGraphDef,
      serving: ServingGraph,
      keys: Seq[(NodeDef, String)]
  ): MetaGraphDef = {
    val saver = graph.getSaverDef
    val prefix = Iterator
      .from(0)
      .map(n => s"restore_objects_$n")
      .find(prefix => !serving.nodes.keysIterator.exists(_.startsWith(prefix)))
      .get
    val names = strings(s"$prefix/tensor_names", keys.map(_._2))
    val slices = strings(s"$prefix/shape_and_slices", keys.map(_ => ""))
    val types = ListValue.newBuilder()
    keys.foreach { case (handle, _) =>
      types.addTypeValue(handle.getAttrOrThrow("dtype").getTypeValue)
    }
    val restore = NodeDef
      .newBuilder()
      .setName(s"$prefix/RestoreV2")
      .setOp("RestoreV2")
      .addInput(saver.getFilenameTensorName)
      .addInput(names.getName)
      .addInput(slices.getName)
      .putAttr("dtypes", AttrValue.newBuilder().setList(types).build())
      .build()
    val assignments = keys.zipWithIndex.map { case ((handle, _), index) =>
      NodeDef
        .newBuilder()
        .setName(s"$prefix/assign_$index")
        .setOp("AssignVariableOp")
        .addInput(handle.getName)
        .addInput(if (index == 0) restore.getName else s"${restore.getName}:$index")
        .putAttr("dtype", handle.getAttrOrThrow("dtype"))
        .build()
    }
    val all = NodeDef.newBuilder().setName(s"$prefix/all").setOp("NoOp")
    all.addInput(s"^${ServingGraph.nodeOf(saver.getRestoreOpName)}")
    assignments.foreach(node => all.addInput(s"^${node.getName}"))

    val builder = graph.toBuilder
    builder.getSaverDefBuilder.setRestoreOpName(all.getName)
    builder.getGraphDefBuilder.addAllNode(
      (Seq(names, slices, restore) ++ assignments :+ all.build()).asJava
    )
    builder.build()
  }

  private def strings(name: String, values: Seq[String]): NodeDef = {
    val shape = TensorShapeProto.newBuilder()
    shape.addDimBuilder().setSize(values.size.toLong)
    val tensor = TensorProto
      .newBuilder()
      .setDtype(DataType.DT_STRING)
      .setTensorShape(shape)
      .addAllStringVal(values.map(ByteString.copyFromUtf8).asJava)
    NodeDef
      .newBuilder()
      .setName(name)
      .setOp("Const")
      .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
      .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
      .build()
  }
}
