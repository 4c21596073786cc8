package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * Removes wrappers that TensorFlow adds around a dataset to make it faster. The elements stay the
 * same. With some wrappers the runtime's own threads and planning end the process. The replacement
 * takes all elements. Source: `dataset_ops.py`, `_apply_options`.
 */
private[savedmodel] object WrappedDatasets extends NodeRule {
  override val ops: Set[String] = Set("ModelDataset", "OptimizeDataset", "OptimizeDatasetV2") ++
    Seq("MaxIntraOpParallelism", "PrivateThreadPool", "NonSerializable").flatMap(name =>
      Seq(s"${name}Dataset", s"Experimental${name}Dataset")
    )

  override val why = "what only makes a data set faster is left out"

  // inputs: input_dataset, and settings of the wrapper
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    make.finish("TakeDataset", make.inputs.head, make.long(-1))(
      Seq("output_types", "output_shapes").map(name => name -> node.getAttrOrThrow(name)): _*
    )
  }
}
