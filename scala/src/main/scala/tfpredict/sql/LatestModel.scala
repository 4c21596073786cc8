package tfpredict.sql

import org.apache.spark.SparkContext
import org.slf4j.LoggerFactory

import tfpredict.model.{ModelDescription, Trial}
import tfpredict.{ModelSpec, Settings, SignatureException, TfpredictException}

/**
 * The version that serves where the latest one is asked for. A newer one takes its place when it
 * could be read, fits the queries that were written for this one, and passed its [[Trial]];
 * otherwise this one serves on, and the log says why, once.
 *
 * @param first
 *   what was found at registration, and is taken as it is: there is nothing to fall back to
 */
final private[sql] class LatestModel(first: ModelDescription, settings: Settings) {
  private val log = LoggerFactory.getLogger(classOf[LatestModel])
  private var current = first
  private var refused = Option.empty[String]
  private var said = Option.empty[String]

  /**
   * What serves from now on.
   *
   * @param find
   *   looks at the model's folder for the newest version
   */
  def decide(sc: SparkContext, find: => ModelSpec): ModelDescription = synchronized {
    try {
      val found = find
      val newest = current.spec.copy(version = found.version, fingerprint = found.fingerprint)
      if (newest == current.spec) said = None
      else if (!newest.fingerprint.exists(refused.contains)) take(sc, newest)
    } catch { case failed: TfpredictException => say(failed) }
    current
  }

  private def take(sc: SparkContext, newest: ModelSpec): Unit =
    try {
      // Exactly this version: what is newest by now is the next query's.
      val described = ModelDescription.of(newest.copy(latest = false), settings)
      val found = described.copy(spec = described.spec.copy(latest = true))
      fit(found)
      Trial.run(sc, found.spec, settings)
      log.info(s"${found.spec.describe} takes the place of ${current.spec.describe}")
      current = found
      refused = None
      said = None
    } catch {
      case failed: TfpredictException =>
        refused = newest.fingerprint
        throw failed
    }

  // A query that was analyzed has its columns' types.
  private def fit(found: ModelDescription): Unit = {
    def tensors(of: ModelDescription) =
      (of.signature.inputs ++ of.signature.outputs).map(_.describe)
    if (tensors(found) != tensors(current)) {
      throw new SignatureException(
        found.spec.describe,
        s"the tensors of version ${current.spec.version.getOrElse("none")}: ${tensors(current).mkString(", ")}",
        tensors(found).mkString(", "),
        "Register the model again to have the new columns."
      )
    }
  }

  private def say(failed: TfpredictException): Unit =
    if (!said.contains(failed.getMessage)) {
      said = Some(failed.getMessage)
      log.warn(s"${current.spec.describe} serves on. ${failed.getMessage}")
    }
}
