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
 * A version is tried before it takes another's place: one executor has a process of its own load it
 * and replay the examples that are kept with it, by a job of one task. So a model that ends the
 * process it is in costs no executor. The driver itself loads nothing native.
 *
 * Invariant: a version is tried once, however many ask, and what came of it is remembered, whatever
 * it was: no query tries it again.
 */
private[tfpredict] object Trial {
  private val tried = new ConcurrentHashMap[Key, Outcome]

  // What a trial depends on: it replays the examples of all signatures.
  private case class Key(application: String, model: ModelSpec, allowedOps: Set[String])

  private class Outcome { var refusal: Option[Option[Refusal]] = None }

  /**
   * Waits for the trial's end. To be called in a thread of its own: no lock may be held, and a job
   * that is cancelled must not cancel this one; see [[Apart]].
   *
   * @param resolved
   *   what is to serve; a model that only the driver has is on its way to the executors then
   * @throws tfpredict.ModelLoadException
   *   if it does not load there, answers its own examples otherwise than TensorFlow did, or its
   *   trial did not come to an end
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

  /** Lets the version be tried again. */
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

  // A refusal is a result: a failed task would be tried four times.
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
      // A lost executor, a cancelled job, no memory: the version that serves goes on all the same.
      case failed: Throwable => Some(Refusal("a trial that ends", failed.toString))
    }

  // In a task.
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

/** Whether a model loads and answers its examples; its files are in the folder, whole. */
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
