package tfpredict.savedmodel

import org.tensorflow.framework.NodeDef

/** What ops do beside computing their outputs from their inputs. */
private[savedmodel] object StatefulOps {

  private val random = Set(
    "RandomUniform",
    "RandomUniformInt",
    "RandomStandardNormal",
    "TruncatedNormal",
    "ParameterizedTruncatedNormal",
    "RandomShuffle",
    "RandomCrop",
    "RandomGamma",
    "RandomPoisson",
    "RandomPoissonV2",
    "Multinomial",
    "SampleDistortedBoundingBox",
    "SampleDistortedBoundingBoxV2",
    "UniformCandidateSampler",
    "LogUniformCandidateSampler",
    "LearnedUnigramCandidateSampler",
    "ThreadUnsafeUnigramCandidateSampler",
    "FixedUnigramCandidateSampler",
    "AllCandidateSampler",
    "NonDeterministicInts",
    "StatefulUniform",
    "StatefulUniformInt",
    "StatefulUniformFullInt",
    "StatefulStandardNormal",
    "StatefulStandardNormalV2",
    "StatefulTruncatedNormal",
    "StatefulRandomBinomial",
    "RandomDataset",
    "ExperimentalRandomDataset",
    "ShuffleDataset",
    "ShuffleDatasetV2",
    "ShuffleAndRepeatDataset",
    "SamplingDataset",
    "Timestamp"
  )

  private val pooling = Set("FractionalMaxPool", "FractionalAvgPool")

  private val writes = Set(
    "Assign",
    "AssignAdd",
    "AssignSub",
    "AssignVariableOp",
    "AssignAddVariableOp",
    "AssignSubVariableOp",
    "CountUpTo",
    "ResourceCountUpTo",
    "StridedSliceAssign",
    "ResourceStridedSliceAssign",
    "DestroyResourceOp",
    "RngSkip",
    "RngReadAndSkip"
  )

  private val families = Seq(
    "Scatter(Nd)?(Update|Add|Sub|Mul|Div|Min|Max)",
    "ResourceScatter(Nd)?(Update|Add|Sub|Mul|Div|Min|Max)",
    "(Resource)?(Sparse)?Apply[A-Z]\\w*",
    "LookupTable(Insert|Import|Remove)(V2)?",
    "Queue(Enqueue|EnqueueMany|Dequeue|DequeueMany|DequeueUpTo|Close)(V2)?"
  ).map(_.r.pattern)

  /** Whether two runs on the same inputs may give different outputs. */
  def isRandom(node: NodeDef): Boolean = {
    val op = node.getOp
    // Theirs is drawn anew for each run unless the attribute says otherwise.
    random(op) || pooling(op) && !Option(node.getAttrMap.get("deterministic")).exists(_.getB)
  }

  private val stateless = Set(
    "StatelessRandomUniform",
    "StatelessRandomUniformInt",
    "StatelessRandomNormal",
    "StatelessTruncatedNormal",
    "StatelessRandomUniformV2",
    "StatelessRandomUniformIntV2",
    "StatelessRandomNormalV2",
    "StatelessTruncatedNormalV2"
  )

  /** Whether it draws numbers that its inputs decide, a shape and a seed. */
  def isStateless(op: String): Boolean = stateless(op)

  /** Whether it changes a state that the next run finds. */
  def isWrite(op: String): Boolean =
    writes(op) || families.exists(_.matcher(op).matches)
}
