package tfpredict.model

import java.io.IOException
import java.nio.file.Path

import org.slf4j.LoggerFactory

import tfpredict.engine.Engine
import tfpredict.host.{HostFolder, ProcessFolders}
import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.adapt.AdaptedGraph
import tfpredict.savedmodel.store.{Checksums, ModelFolder, ModelStore}
import tfpredict.{ModelLoadException, ModelSpec, Settings}

/** Locates, reads, adapts and loads the model of a resolved spec. */
final private[tfpredict] class ModelLoader(engine: Engine) {
  import engine.catalog

  private val log = LoggerFactory.getLogger(getClass)

  def load(spec: ModelSpec, settings: Settings): LoadedModel = {
    val started = System.nanoTime
    ModelStore.use(spec, settings)(load(spec, settings, _, started))
  }

  /** Loads a model whose files are in a folder of this host and already checked. */
  def load(spec: ModelSpec, settings: Settings, directory: Path): LoadedModel =
    load(spec, settings, directory, System.nanoTime)

  private def load(
      spec: ModelSpec,
      settings: Settings,
      directory: Path,
      started: Long
  ): LoadedModel = {
    Checksums.check(spec, directory)
    val fetched = System.nanoTime
    val graph = AdaptedGraph.of(spec, directory, settings.allowedOps)
    val session =
      withFolder(spec, settings, graph)(engine.load(spec, _, settings, graph.mayNotEnd))
    val times = LoadTimes(fetched - started, System.nanoTime - fetched)
    log.info("Loaded {} in {} ms", spec.describe, (times.fetching + times.loading) / 1000000)
    val model =
      new LoadedModel(
        session,
        graph.signature,
        times,
        ModelFolder.local(directory).bytes,
        graph.leftOut,
        if (graph.hasSmallNumbers) ModelVerifier.OfSmallFloats else ModelVerifier.Tolerance
      )
    MemoryWatch.shared.look(settings)
    if (settings.verifyOnLoad) {
      try model.verification.of(ModelVerifier.check(spec, model, directory))
      catch {
        case refused: Throwable =>
          model.close()
          throw refused
      }
    }
    model
  }

  /**
   * Calls `body` with a temporary folder that has the adapted graph, and links to the model's other
   * files.
   */
  private def withFolder[A](spec: ModelSpec, settings: Settings, graph: AdaptedGraph)(
      body: Path => A
  ): A = {
    val place = HostFolder.place(settings)
    def noRoom(cause: IOException): Nothing = throw new ModelLoadException(
      ErrorClass.LocalDisk,
      spec.label,
      s"a folder with free space, ${HostFolder.path(place)}",
      cause.toString,
      "Free space there, or set spark.tfpredict.disk.path to another local folder.",
      cause
    )
    val folder =
      try ProcessFolders.in(place).make("model")
      catch { case full: IOException => noRoom(full) }
    try {
      try graph.link(folder)
      catch { case full: IOException => noRoom(full) }
      body(folder)
    } finally
      HostFolder.delete(folder)
  }
}
