package tfpredict.savedmodel.adapt

import org.tensorflow.framework.{MetaGraphDef, NodeDef}

import tfpredict.engine.OpRegistry

/** Which nodes have an effect besides their outputs. */
final private[savedmodel] class Effects(graph: MetaGraphDef, serving: ServingGraph) {
  import serving.catalog
  private val exporter = new OpRegistry(graph.getMetaInfoDef.getStrippedOpList)

  /** Whether a node must run even if nothing uses its outputs. */
  def isEffect(node: NodeDef): Boolean =
    serving.called(node).isEmpty && isStateful(node.getOp) && !StatefulOps.isRandom(node) &&
      !Effects.Reading(node.getOp)

  /** An op that neither the runtime nor the exporter knows counts as stateful. */
  def isStateful(op: String): Boolean =
    catalog.ops.isStateful(op).orElse(exporter.isStateful(op)).getOrElse(true)
}

private object Effects {

  /** Stateful ops that change nothing. They may be removed if nothing uses their outputs. */
  private val Reading = Set(
    "VarHandleOp",
    "_VarHandlesOp",
    "Variable",
    "VariableV2",
    "VarIsInitializedOp",
    "IsVariableInitialized",
    "ReadVariableOp",
    "ResourceGather",
    "ResourceGatherNd",
    "HashTable",
    "HashTableV2",
    "MutableHashTable",
    "MutableHashTableV2",
    "LookupTableFind",
    "LookupTableFindV2",
    "LookupTableSize",
    "LookupTableSizeV2",
    "TensorArrayV3",
    "TensorArrayReadV3",
    "TensorArrayGatherV3",
    "TensorArrayScatterV3",
    "TensorArraySizeV3",
    "TensorArraySplitV3",
    "TensorArrayConcatV3",
    "TensorArrayWriteV3"
  )
}
