package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * Interleaves datasets, with or without threads of their own. The order of their elements is the
 * same. Source: `interleave_ops.py`, and the kernels of all versions.
 */
private[savedmodel] object InterleavedDatasets extends NodeRule {

  // Number of inputs after the function's own. The first two are the number of interleaved
  // datasets, and the number of elements that each gives per turn.
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
