package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, NodeDef, TensorShapeProto}

/** Splits a fused dataset into a map and a batch dataset. */
private[savedmodel] object BatchedMaps extends NodeRule {
  override val ops: Set[String] = Set("MapAndBatchDataset", "ExperimentalMapAndBatchDataset")
  override val why = "MapAndBatchDataset is MapDataset and BatchDatasetV2"

  // inputs: input_dataset, other_arguments, batch_size, num_parallel_calls, drop_remainder
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val stated = make.inputs.dropRight(3)
    val Seq(size, _, drops) = make.inputs.takeRight(3)
    def kept(names: String*) = names.map(name => name -> node.getAttrOrThrow(name))
    val mapped = make.add("MapDataset", "handle", stated: _*)(
      kept("f", "Targuments", "output_types") :+ ("output_shapes" -> ofElements(node)): _*
    )
    make.finish("BatchDatasetV2", mapped, size, drops)(kept("output_types", "output_shapes"): _*)
  }

  // The shapes of the elements: those of the batches without the first dimension.
  private def ofElements(node: NodeDef): AttrValue = {
    val shapes = AttrValue.ListValue.newBuilder()
    node.getAttrOrThrow("output_shapes").getList.getShapeList.asScala.foreach { shape =>
      val element = TensorShapeProto.newBuilder().setUnknownRank(shape.getUnknownRank)
      shape.getDimList.asScala.drop(1).foreach(dim => element.addDim(dim))
      shapes.addShape(element)
    }
    AttrValue.newBuilder().setList(shapes).build()
  }
}
