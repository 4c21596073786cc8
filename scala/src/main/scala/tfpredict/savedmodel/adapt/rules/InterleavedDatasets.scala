package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * Data sets that take turns, in threads of their own or not: the order of their elements is the
 * same. Source: `interleave_ops.py`, and the kernels of all versions.
 */
private[savedmodel] object InterleavedDatasets extends NodeRule {

  // How many inputs follow the function's own: of these the first two are how many take turns, and
  // how many elements each gives at a time.
  private val Last = Map(
    "ParallelInterleaveDatasetV2" -> 3,
    "ParallelInterleaveDatasetV3" -> 3,
    "ParallelInterleaveDatasetV4" -> 5
  )

  override val ops: Set[String] = Last.keySet
  override val why = "data sets that take turns do so in one thread"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val taken = make.inputs.dropRight(Last(node.getOp) - 2)
    make.finish("InterleaveDataset", taken: _*)(
      Seq("f", "Targuments", "output_types", "output_shapes")
        .map(name => name -> node.getAttrOrThrow(name)): _*
    )
  }
}
