package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * What TensorFlow puts around a data set that is iterated or reduced, so that it runs faster: the
 * elements are the same, and the runtime's own threads and planning end the process for some. In
 * their place all elements are taken. Source: `dataset_ops.py`, `_apply_options`.
 */
private[savedmodel] object WrappedDatasets extends NodeRule {
  override val ops: Set[String] = Set("ModelDataset", "OptimizeDataset", "OptimizeDatasetV2") ++
    Seq("MaxIntraOpParallelism", "PrivateThreadPool", "NonSerializable").flatMap(name =>
      Seq(s"${name}Dataset", s"Experimental${name}Dataset")
    )

  override val why = "what only makes a data set faster is left out"

  // inputs: input_dataset, and what it is to be made faster by
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    make.finish("TakeDataset", make.inputs.head, make.long(-1))(
      Seq("output_types", "output_shapes").map(name => name -> node.getAttrOrThrow(name)): _*
    )
  }
}
