package tfpredict.versions

import java.nio.file.Paths
import java.util.concurrent.ConcurrentHashMap

import org.apache.spark.{SparkContext, TaskKilledException}

import tfpredict.engine.Engine
import tfpredict.messages.ErrorClass
import tfpredict.model.{ModelLoader, ModelProcess, Question}
import tfpredict.savedmodel.store.{ModelStore, ShippedModels}
import tfpredict.{ModelLoadException, ModelSpec, Settings, TfpredictException}

/**
 * Tests a version before it replaces another one. A job of one task starts a separate process on an
 * executor. That process loads the model and replays the examples kept with it. So a model that
 * crashes its process costs no executor. The driver loads nothing native.
 *
 * Invariant: each version is tried once, for any number of callers. The outcome is kept, even of an
 * unexpected failure, so no query repeats the trial.
 */
private[tfpredict] object Trial {
  private val tried = new ConcurrentHashMap[Key, Outcome]

  // All that a trial depends on. It replays the examples of all signatures, so they are not part of
  // the key.
  private case class Key(application: String, model: ModelSpec, allowedOps: Set[String])

  private class Outcome { var refusal: Option[Option[Refusal]] = None }

  /**
   * Runs the trial and waits for its end. Call this in a separate thread, without holding a lock:
   * cancelling the caller's job must not cancel the trial. See [[Apart]].
   *
   * @param resolved
   *   the version to try. If only the driver can read it, it is shipped to the executors first.
   * @throws tfpredict.ModelLoadException
   *   if the model does not load, its answers to the examples differ from TensorFlow's, or the
   *   trial does not finish
   */
  def run(sc: SparkContext, resolved: ModelSpec, settings: Settings): Unit = {
    val outcome = tried.computeIfAbsent(keyOf(sc, resolved, settings), _ => new Outcome)
    val refusal = outcome.synchronized {
      if (outcome.refusal.isEmpty) outcome.refusal = Some(attempt(sc, resolved, settings))
      outcome.refusal.get
    }
    refusal.foreach { case Refusal(expected, found, error) =>
      throw new ModelLoadException(
        ErrorClass.TrialFailed,
        resolved.label,
        s"$expected, when an executor tried the version",
        found + error.fold("")(name => s" ($name)"),
        "Export the model again, as a new version. Or try this one again with tfpredict.refresh, or " +
          "by registering the name again. The serving version keeps serving."
      )
    }
  }

  /** Allows another trial of the version. */
  def forget(sc: SparkContext, resolved: ModelSpec, settings: Settings): Unit = {
    tried.remove(keyOf(sc, resolved, settings))
    ()
  }

  private def keyOf(sc: SparkContext, resolved: ModelSpec, settings: Settings): Key =
    Key(
      sc.applicationId,
      resolved.copy(signature = "", outputs = Nil, latest = false),
      settings.allowedOps
    )

  // A refusal is returned as a result, since Spark would retry a failed task.
  private def attempt(
      sc: SparkContext,
      resolved: ModelSpec,
      settings: Settings
  ): Option[Refusal] =
    try {
      ShippedModels.ship(sc, resolved)
      val verifying = settings.copy(verifyOnLoad = true)
      sc.parallelize(Seq(resolved), 1).map(Trial.onHost(_, verifying)).first()
    } catch {
      case refused: TfpredictException => Some(Refusal(refused))
      // For example a lost executor, a cancelled job or an out-of-memory error. The current version
      // keeps serving.
      case failed: Throwable => Some(Refusal("a trial that ends", failed.toString))
    }

  // Runs inside a task.
  private def onHost(model: ModelSpec, settings: Settings): Option[Refusal] =
    try ModelStore.use(model, settings) { directory =>
        val question = TrialQuestion(model, settings, directory.toString)
        ModelProcess.ask(model, settings, "loads the model and replays its examples")(question)
        None
      }
    catch {
      case refused: TfpredictException => Some(Refusal(refused))
      case stopped: TaskKilledException => throw stopped
      case failed: Exception => Some(Refusal("a model that loads", failed.toString))
    }
}

/** Loads a model and replays its examples. The folder has all its files. */
final private case class TrialQuestion(spec: ModelSpec, settings: Settings, directory: String)
    extends Question[Unit] {
  override def answer(): Unit =
    new ModelLoader(Engine.installed).load(spec, settings, Paths.get(directory)).close()
}

/**
 * Why a trial refused a model.
 *
 * @param error
 *   the name of the failure's own error class, where it has one
 */
final private[versions] case class Refusal(
    expected: String,
    found: String,
    error: Option[String] = None
)

private[versions] object Refusal {
  def apply(refused: TfpredictException): Refusal =
    Refusal(refused.expected, refused.found, Some(refused.errorClass))
}
