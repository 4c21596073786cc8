package tfpredict.benchmarks

import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.{Files, Path, Paths}

import org.tensorflow.SavedModelBundle

import tfpredict.engine.tensorflow1.{NativeLibraries, TfJavaOptions}
import tfpredict.engine.{Engine, EngineFunction, EngineSession, OpCatalog}
import tfpredict.model.{ModelDescription, ModelLoader}
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.tensor.Signature
import tfpredict.{ModelSpec, Settings}

/**
 * A model's graph as tfpredict gives it to the runtime, in a folder of its own, so that code
 * without tfpredict can load it: TensorFlow 1.15 refuses what today's TensorFlow exports.
 */
final case class AdaptedModel(folder: String, signature: Signature) {

  /**
   * Loads it, as one does by hand, but with the threads that tfpredict uses: the runtime keeps one
   * pool for all models of a JVM, and what loads first decides.
   */
  def load(): SavedModelBundle = {
    NativeLibraries.load()
    SavedModelBundle
      .loader(folder)
      .withTags("serve")
      .withConfigProto(TfJavaOptions.session(Settings.default.threads))
      .load()
  }
}

object AdaptedModel {

  /** Writes the adapted graph of the model at `path` into `target`, beside links to its files. */
  def write(path: String, target: String): AdaptedModel = {
    val described = ModelDescription.of(ModelSpec(path))
    val folder = Files.createDirectories(Paths.get(target).toAbsolutePath)
    new ModelLoader(new Keeper(folder)).load(described.spec, Settings.default).close()
    AdaptedModel(folder.toString, described.signature)
  }

  /* An engine that keeps what it is to load. No graph is touched here: the assembly jar has the
   * classes of protocol buffers under names of its own. */
  private class Keeper(folder: Path) extends Engine {
    override def version: String = Engine.installed.version
    implicit override def catalog: OpCatalog = Engine.installed.catalog
    override def loadNatives(place: Path): Unit = ()
    override def wantsNatives: Boolean = false
    override def liveTensors: Long = 0

    override def load(
        model: ModelSpec,
        directory: Path,
        settings: Settings,
        mayNotEnd: Boolean
    ): EngineSession = {
      Files.copy(directory.resolve(Graph), folder.resolve(Graph), REPLACE_EXISTING)
      for (name <- Seq("variables", "assets") if Files.isDirectory(directory.resolve(name))) {
        Files.deleteIfExists(folder.resolve(name))
        Files.createSymbolicLink(folder.resolve(name), directory.resolve(name).toRealPath())
      }
      Kept
    }
  }

  private val Graph = SavedModelFile.FileName

  private object Kept extends EngineSession {
    override def function(model: ModelSpec, signature: Signature): EngineFunction =
      throw new UnsupportedOperationException("the model is kept, not loaded")
    override def close(): Unit = ()
  }
}
