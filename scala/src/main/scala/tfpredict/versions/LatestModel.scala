package tfpredict.versions

import java.util.concurrent.TimeUnit.NANOSECONDS
import java.util.concurrent.{CompletableFuture, ExecutionException, TimeoutException}

import scala.collection.mutable
import scala.util.control.NonFatal

import org.apache.spark.SparkContext
import org.slf4j.LoggerFactory

import tfpredict.host.Stopped
import tfpredict.messages.{ErrorClass, OneLine}
import tfpredict.model.ModelDescription
import tfpredict.{ModelLoadException, ModelSpec, Settings, SignatureException, TfpredictException}

/**
 * The version that serves callers that follow the latest. A newer version replaces it if it can be
 * read, has the same tensors, and passes its [[Trial]]. Otherwise the current version keeps
 * serving, and the log gives the reason once.
 *
 * A newer version is read and tried in a separate thread. A query waits for the outcome only for a
 * limited time. No query waits for another one, since no file is read and no job runs while the
 * lock is held.
 *
 * @param first
 *   the version found at registration. It serves without a trial, since there is no earlier version
 *   to keep.
 * @param patience
 *   how long queries wait for a trial, in nanoseconds from its start
 */
final private[tfpredict] class LatestModel(
    first: ModelDescription,
    settings: Settings,
    patience: Long = LatestModel.Patience
) {
  private val log = LoggerFactory.getLogger(classOf[LatestModel])
  private var current = first
  private var wanted = first.spec
  private var said = Option.empty[String]
  // The versions that have served or passed a trial.
  private val passed = mutable.Map(first.spec -> first)
  private val refused = mutable.Set.empty[ModelSpec]
  private val running = mutable.Map.empty[ModelSpec, Attempt]

  private class Attempt(end: CompletableFuture[Unit]) {
    private val until = System.nanoTime + patience

    def await(): Unit =
      try {
        end.get(math.max(0L, until - System.nanoTime), NANOSECONDS)
        ()
      } catch {
        case _: TimeoutException => log.info("A trial continues. Queries use the version before it")
        case failed: ExecutionException => log.warn("A trial did not start", failed)
      }
  }

  /** The version that serves now. */
  def serving: ModelDescription = synchronized(current)

  /**
   * Returns the version that serves from now on.
   *
   * @param find
   *   looks up the newest version in the model's folder
   * @param mayTry
   *   whether to try a version that was not tried before. If not, the current version keeps
   *   serving.
   */
  def decide(sc: SparkContext, find: => ModelSpec, mayTry: => Boolean): ModelDescription = {
    for (newest <- newer(find) if mayTry) attempt(sc, newest).foreach(_.await())
    serving
  }

  /** Returns a newer version that still needs a trial, if there is one. */
  def newer(find: => ModelSpec): Option[ModelSpec] = {
    val found =
      try Some(find)
      catch {
        case failed if NonFatal(failed) && !Stopped.is(failed) =>
          say(failed)
          None
      }
    found.flatMap(meet)
  }

  private def meet(found: ModelSpec): Option[ModelSpec] = synchronized {
    val newest = current.spec.copy(version = found.version, fingerprint = found.fingerprint)
    wanted = newest
    if (newest == current.spec) said = None
    passed.get(newest).foreach(replace)
    if (newest == current.spec || refused(newest)) None else Some(newest)
  }

  /** Allows another trial of refused versions. */
  def forget(sc: SparkContext): Unit = {
    val again = synchronized {
      val all = refused.toList
      refused.clear()
      all
    }
    again.foreach(Trial.forget(sc, _, settings))
  }

  // Returns none if the trial has ended meanwhile.
  private def attempt(sc: SparkContext, newest: ModelSpec): Option[Attempt] = synchronized {
    if (passed.contains(newest) || refused(newest)) None
    else
      try Some(running.getOrElseUpdate(newest, start(sc, newest)))
      catch {
        // If no thread can be started, the query still runs, with the current version.
        case failed: Throwable =>
          ended(newest, Left(unforeseen(newest, failed)))
          None
      }
  }

  private def start(sc: SparkContext, newest: ModelSpec): Attempt =
    new Attempt(Apart.run(sc, s"trial of ${newest.describe}") {
      try {
        val described = describe(newest)
        Trial.run(sc, described.spec, settings)
        ended(newest, Right(described))
      } catch {
        case failed: TfpredictException => ended(newest, Left(failed))
        // Catches everything, even an out-of-memory error. Otherwise queries would wait forever, or
        // repeat the trial.
        case failed: Throwable => ended(newest, Left(unforeseen(newest, failed)))
      }
    })

  private def describe(newest: ModelSpec): ModelDescription = {
    // Describes exactly this version. If a newer one exists by now, the next query finds it.
    val described = ModelDescription.of(newest.copy(latest = false), settings)
    val found = described.copy(spec = described.spec.copy(latest = true))
    LatestModel.fit(first, found)
    found
  }

  private def ended(
      newest: ModelSpec,
      outcome: Either[TfpredictException, ModelDescription]
  ): Unit =
    synchronized {
      running -= newest
      outcome match {
        case Right(described) =>
          passed += newest -> described
          // If a newer version was found meanwhile, it gets a trial of its own.
          if (wanted == newest) replace(described)
        case Left(failed) =>
          refused += newest
          say(failed)
      }
    }

  private def replace(next: ModelDescription): Unit = if (next.spec != current.spec) {
    log.info(s"${next.spec.describe} now serves in place of ${current.spec.describe}")
    current = next
    said = None
  }

  private def unforeseen(newest: ModelSpec, failed: Throwable): TfpredictException =
    new ModelLoadException(
      ErrorClass.TrialFailed,
      newest.label,
      "a trial that ends",
      failed.toString,
      "Try it again with tfpredict.refresh, or by registering the name again.",
      failed
    )

  private def say(failed: Throwable): Unit = synchronized {
    if (!said.contains(failed.toString)) {
      said = Some(failed.toString)
      val why = failed match {
        case explained: TfpredictException => explained.getMessage
        case other => other.toString
      }
      log.warn(s"${OneLine.of(current.spec.describe)} keeps serving. ${OneLine.of(why)}")
    }
  }
}

private[tfpredict] object LatestModel {

  /** One minute. A trial first waits for a free core, and then loads the model in a new process. */
  private val Patience = 60L * 1000000000L

  /**
   * A query that was analyzed has its columns' types.
   *
   * @throws SignatureException
   *   if the version that was found has other tensors than the first
   */
  private[versions] def fit(first: ModelDescription, found: ModelDescription): Unit = {
    val (wanted, offered) = (tensors(first), tensors(found))
    if (offered != wanted) {
      throw new SignatureException(
        ErrorClass.TensorsChanged,
        found.spec.label,
        s"the tensors of the serving version: ${wanted.mkString(", ")}",
        offered.mkString(", "),
        "Register the model again, by this name or another, to have the new columns."
      )
    }
  }

  /** The tensors that determine the types of analyzed queries. */
  def tensors(of: ModelDescription): Seq[String] =
    (of.signature.inputs ++ of.signature.outputs).map(_.describe)
}
