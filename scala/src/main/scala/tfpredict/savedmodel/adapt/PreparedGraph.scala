package tfpredict.savedmodel.adapt

import java.nio.file.Path

import org.tensorflow.framework.{MetaGraphDef, SavedModel}

import tfpredict.ModelSpec
import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.{RaggedTensors, WideTensors}
import tfpredict.savedmodel.format.SavedModelFile

/**
 * A model's graph in the one form that all that follow know: forms of other versions translated,
 * inputs and outputs of dtypes that columns have, and nothing in it that its signatures run in
 * vain.
 */
private[tfpredict] object PreparedGraph {

  def read(model: ModelSpec, directory: Path)(implicit catalog: OpCatalog): MetaGraphDef =
    of(model, SavedModelFile.read(model, directory))

  /** The graph with exactly the spec's tags. */
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
