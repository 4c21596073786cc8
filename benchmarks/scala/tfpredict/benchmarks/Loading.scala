package tfpredict.benchmarks

import tfpredict.engine.Engine
import tfpredict.engine.tensorflow1.NativeLibraries
import tfpredict.model.ModelLoader
import tfpredict.savedmodel.store.ModelStore
import tfpredict.{ModelSpec, Settings}

/** How long it takes until a JVM has a model. */
object Loading {

  /** Seconds until the native libraries are there; only the first call in a JVM tells. */
  def natives(): Double = seconds(NativeLibraries.load())

  /** Seconds to locate, adapt and load a model, when the native libraries are there. */
  def model(path: String): Double = {
    val spec = ModelStore.resolve(ModelSpec(path))
    seconds(new ModelLoader(Engine.installed).load(spec, Settings.default).close())
  }

  private def seconds(body: => Any): Double = {
    val started = System.nanoTime
    body
    (System.nanoTime - started) / 1e9
  }
}
