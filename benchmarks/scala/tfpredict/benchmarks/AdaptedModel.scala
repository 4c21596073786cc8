package tfpredict.benchmarks

import java.nio.file.{Files, Paths}

import org.tensorflow.SavedModelBundle

import tfpredict.savedmodel.{Adapter, ModelStore, SavedModelReader}
import tfpredict.session.{NativeLibraries, TfJavaEngine}
import tfpredict.{ModelSpec, Settings, Signature}

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
      .withConfigProto(TfJavaEngine.config(Settings.default.threads))
      .load()
  }
}

object AdaptedModel {

  /** Writes the adapted graph of the model at `path` into `target`, beside links to its files. */
  def write(path: String, target: String): AdaptedModel = {
    val spec = ModelStore.resolve(ModelSpec(path))
    val source = ModelStore.use(spec, Settings.default)(identity)
    val graph = SavedModelReader.read(spec, source)
    val folder = Files.createDirectories(Paths.get(target).toAbsolutePath)
    Files.write(folder.resolve(SavedModelReader.FileName), Adapter.adapt(spec, graph).toByteArray)
    for (name <- Seq("variables", "assets") if Files.isDirectory(source.resolve(name))) {
      Files.deleteIfExists(folder.resolve(name))
      Files.createSymbolicLink(folder.resolve(name), source.resolve(name))
    }
    AdaptedModel(folder.toString, SavedModelReader.signature(spec, graph))
  }
}
