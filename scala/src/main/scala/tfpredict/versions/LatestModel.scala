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
 * The version that serves where the latest one is asked for. A newer one takes its place when it
 * could be read, has the tensors that the queries were written for, and passed its [[Trial]];
 * otherwise this one serves on, and the log says why, once.
 *
 * A newer version is read and tried in a thread of its own. A query that runs waits for that, but
 * not for long; none waits for another query, since the lock here is held while no file is read and
 * no job runs.
 *
 * @param first
 *   what was found at registration, and is taken as it is: there is nothing to fall back to
 * @param patience
 *   how long after a trial began queries wait for its end, in nanoseconds
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
  // What has served, or may.
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

  /** What serves now. */
  def serving: ModelDescription = synchronized(current)

  /**
   * What serves from now on.
   *
   * @param find
   *   looks at the model's folder for the newest version
   * @param mayTry
   *   whether a version that nobody has tried may be tried; otherwise what serves now serves on
   */
  def decide(sc: SparkContext, find: => ModelSpec, mayTry: => Boolean): ModelDescription = {
    for (newest <- newer(find) if mayTry) attempt(sc, newest).foreach(_.await())
    serving
  }

  /** A version that could take the place of what serves now, if it passes a trial. */
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

  /** Lets versions that were refused be tried again. */
  def forget(sc: SparkContext): Unit = {
    val again = synchronized {
      val all = refused.toList
      refused.clear()
      all
    }
    again.foreach(Trial.forget(sc, _, settings))
  }

  // None where it has ended meanwhile.
  private def attempt(sc: SparkContext, newest: ModelSpec): Option[Attempt] = synchronized {
    if (passed.contains(newest) || refused(newest)) None
    else
      try Some(running.getOrElseUpdate(newest, start(sc, newest)))
      catch {
        // No more threads: the query runs all the same.
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
        // No memory, say: whatever it is, no query may wait for ever, or try it again.
        case failed: Throwable => ended(newest, Left(unforeseen(newest, failed)))
      }
    })

  private def describe(newest: ModelSpec): ModelDescription = {
    // Exactly this version: what is newest by now is the next query's.
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
          // A version that came meanwhile is tried for itself.
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

  /** A minute: a trial loads the model in a new process, and waits for a free core before. */
  private val Patience = 60L * 1000000000L

  /**
   * A query that was analyzed has its columns' types.
   *
   * @throws SignatureException
   *   if the version that was found has other tensors than the first
   */
  private[versions] def fit(first: ModelDescription, found: ModelDescription): Unit = {
    val (wanted, given) = (tensors(first), tensors(found))
    if (given != wanted) {
      throw new SignatureException(
        ErrorClass.TensorsChanged,
        found.spec.label,
        s"the tensors of the serving version: ${wanted.mkString(", ")}",
        given.mkString(", "),
        "Register the model again, by this name or another, to have the new columns."
      )
    }
  }

  /** What queries that were analyzed have the types of. */
  def tensors(of: ModelDescription): Seq[String] =
    (of.signature.inputs ++ of.signature.outputs).map(_.describe)
}
