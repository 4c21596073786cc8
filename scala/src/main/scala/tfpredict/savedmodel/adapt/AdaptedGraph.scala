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
 * A model's graph in two forms: as it was written, and as the runtime may load it. Also writes the
 * folder that the runtime loads: the adapted graph, with the model's variables and assets.
 */
final private[tfpredict] class AdaptedGraph(
    spec: ModelSpec,
    directory: Path,
    graph: MetaGraphDef,
    adapted: SavedModel
)(implicit catalog: OpCatalog) {
  import AdaptedGraph._

  /** All signatures of the model, including those that the runtime cannot run. */
  def signatures: Set[String] = SavedModelFile.signatureDefs(graph).keySet

  /** A signature's tensors, as they are after adapting. */
  def signature(chosen: ModelSpec): Signature = Signatures.of(chosen, graph)

  /** Signatures that the runtime cannot run. */
  def leftOut: Set[String] = Signatures.leftOut(graph, adapted)

  /** Whether a run may be endless. */
  def mayNotEnd: Boolean = EndlessOps.isIn(adapted)

  /** Whether the graph rounds to float16 or bfloat16. */
  def hasSmallNumbers: Boolean = SmallNumbers.areIn(adapted)

  /**
   * Makes an empty folder loadable. The folder links to the model's own folder, so it depends on
   * it.
   */
  def link(folder: Path): Unit = {
    Files.write(folder.resolve(SavedModelFile.FileName), adapted.toByteArray)
    for (name <- Parts if Files.isDirectory(directory.resolve(name)))
      Files.createSymbolicLink(folder.resolve(name), directory.resolve(name))
  }

  /**
   * Writes a complete model into an empty folder, for programs that use the runtime without this
   * project. The folder has copies of all files, checksums, and the examples of the kept
   * signatures. Its only tag is `serve`, whatever the graph's tags were.
   *
   * @return
   *   the signatures that the folder has
   * @throws DiskException
   *   if a file cannot be written
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

  // The signatures whose variables are all restored. A missing variable would only show at the
  // first run, in a program without this check.
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
    // Python's other collections may refer to removed nodes, and its loader rejects those.
    only.getCollectionDefMap.keySet.asScala.toSeq
      .filterNot(EarlierForms.InitCollections.contains)
      .foreach(only.removeCollectionDef)
    builder.build()
  }
}

private[tfpredict] object AdaptedGraph {

  /** The tag that loaders use by default. */
  val Tag = "serve"

  // The folders that the runtime reads beside the graph.
  private val Parts = Seq("variables", "assets")

  private def isPart(file: ModelFile): Boolean =
    Parts.exists(part => file.name.startsWith(s"$part/"))

  /**
   * @param directory
   *   a local folder with all of the model's files
   * @throws tfpredict.TfpredictException
   *   if the runtime cannot run the spec's signature, or if a variable would have no value
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
