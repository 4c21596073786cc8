package tfpredict.savedmodel.adapt

import java.nio.file.Path

import org.tensorflow.framework.{MetaGraphDef, SavedModel}

import tfpredict.ModelSpec
import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.{RaggedTensors, WideTensors}
import tfpredict.savedmodel.format.SavedModelFile

/**
 * A model's graph in one normal form for all later code. Forms of other versions are translated,
 * inputs and outputs have dtypes that columns support, and unneeded nodes are removed.
 */
private[tfpredict] object PreparedGraph {

  def read(model: ModelSpec, directory: Path)(implicit catalog: OpCatalog): MetaGraphDef =
    of(model, SavedModelFile.read(model, directory))

  /** The prepared graph that has exactly the spec's tags. */
  def of(model: ModelSpec, saved: SavedModel)(implicit catalog: OpCatalog): MetaGraphDef = {
    val chosen = SavedModelFile.graph(model, saved)
    FunctionDepth.check(model, chosen)
    LoopConditions.check(model, chosen)
    val forms = LaterForms.translated(EarlierForms.translated(chosen))
    val translated = ObjectRestores.translated(forms)
    val signatures = SavedModelFile.signatureDefs(translated).keySet
    val fed = WideTensors.of(RaggedTensors.of(translated, signatures), signatures)
    val decided = ConstantConditions.decided(UnknownRanks.known(fed))
    LiveNodes.of(SeedStates.redrawn(CallNames.apart(decided)))
  }
}
