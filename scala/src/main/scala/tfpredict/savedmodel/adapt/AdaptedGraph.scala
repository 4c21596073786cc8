package tfpredict.savedmodel.adapt

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._
import scala.util.Try

import org.tensorflow.framework.{MetaGraphDef, SavedModel}

import tfpredict.engine.OpCatalog
import tfpredict.host.DiskException
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.savedmodel.store.{Checksums, LocalModels, ModelFile, ModelFolder}
import tfpredict.tensor.Signature
import tfpredict.{ModelSpec, TfpredictException}

/**
 * A model's graph as it was written, and as the runtime may see it; and the folder that the runtime
 * reads: that graph, and beside it the model's variables and assets.
 */
final private[tfpredict] class AdaptedGraph(
    spec: ModelSpec,
    directory: Path,
    graph: MetaGraphDef,
    adapted: SavedModel
)(implicit catalog: OpCatalog) {
  import AdaptedGraph._

  /** All signatures that a user could run, were they all adapted. */
  def signatures: Set[String] = SavedModelFile.signatureDefs(graph).keySet

  /** A signature that a user can run, as its tensors are after adapting. */
  def signature(chosen: ModelSpec): Signature = Signatures.of(chosen, graph)

  /** Signatures that the runtime cannot run. */
  def leftOut: Set[String] = Signatures.leftOut(graph, adapted)

  /** Whether a run may not end. */
  def mayNotEnd: Boolean = EndlessOps.isIn(adapted)

  /** Whether it rounds to float16 or bfloat16. */
  def hasSmallNumbers: Boolean = SmallNumbers.areIn(adapted)

  /** Makes an empty folder one that the runtime loads, as long as the model's own is there. */
  def link(folder: Path): Unit = {
    Files.write(folder.resolve(SavedModelFile.FileName), adapted.toByteArray)
    for (name <- Parts if Files.isDirectory(directory.resolve(name)))
      Files.createSymbolicLink(folder.resolve(name), directory.resolve(name))
  }

  /**
   * Makes an empty folder a model of its own, for programs of the runtime's own that know nothing
   * of this project: with copies of all files, the examples of its signatures, checksums, and the
   * tag `serve`, whatever the tags of the graph were.
   *
   * @return
   *   the signatures that are in it
   * @throws DiskException
   *   if it cannot be written
   */
  def copy(folder: Path): Seq[String] = {
    val kept = whole
    val examples = ExampleFile.read(spec, directory).filter(example => kept(example.signature))
    LocalModels.copy(ModelFolder.local(directory), folder, isPart)
    DiskException.of {
      Files.write(folder.resolve(SavedModelFile.FileName), plain(kept).toByteArray)
      if (examples.nonEmpty) ExampleFile.write(folder, examples)
      Checksums.write(folder)
    }
    kept.toSeq.sorted
  }

  // A variable that nothing restores is found at the first run only, where nobody looks before.
  private def whole: Set[String] = {
    val variables = new ModelVariables(graph, directory)
    SavedModelFile.signatureDefs(adapted.getMetaGraphs(0)).keySet.filter { name =>
      Try(variables.check(spec.copy(signature = name))).fold(
        { case _: TfpredictException => false; case other => throw other },
        _ => true
      )
    }
  }

  private def plain(kept: Set[String]): SavedModel = {
    val builder = adapted.toBuilder
    val only = builder.getMetaGraphsBuilder(0)
    only.getMetaInfoDefBuilder.clearTags().addTags(Tag)
    (SavedModelFile.signatureDefs(only.build()).keySet -- kept)
      .foreach(only.removeSignatureDef)
    // All else that Python kept there is about nodes that may be gone, which its loader minds.
    only.getCollectionDefMap.keySet.asScala.toSeq
      .filterNot(EarlierForms.InitCollections.contains)
      .foreach(only.removeCollectionDef)
    builder.build()
  }
}

private[tfpredict] object AdaptedGraph {

  /** What a loader asks for where it is told nothing else. */
  val Tag = "serve"

  // What the runtime reads beside the graph.
  private val Parts = Seq("variables", "assets")

  private def isPart(file: ModelFile): Boolean =
    Parts.exists(part => file.name.startsWith(s"$part/"))

  /**
   * @param directory
   *   a local folder with all of the model's files
   * @throws tfpredict.TfpredictException
   *   if the runtime cannot run the spec's signature, or something would have no value
   */
  def of(spec: ModelSpec, directory: Path, allowedOps: Set[String])(implicit
      catalog: OpCatalog
  ): AdaptedGraph = {
    val graph = PreparedGraph.read(spec, directory)
    val adapted = Adapter.adapt(spec, graph, allowedOps)
    new ModelVariables(graph, directory).check(spec)
    new AdaptedGraph(spec, directory, graph, adapted)
  }
}
