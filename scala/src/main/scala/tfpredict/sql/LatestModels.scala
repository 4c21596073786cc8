package tfpredict.sql

import java.util.WeakHashMap
import java.util.concurrent.ConcurrentHashMap

import scala.collection.concurrent.TrieMap

import org.apache.spark.SparkContext
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.catalyst.QueryPlanningTracker
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.catalyst.rules.Rule

import tfpredict.model.ModelDescription
import tfpredict.savedmodel.store.SeenVersions
import tfpredict.versions.LatestModel
import tfpredict.{ModelSpec, Settings}

/**
 * Gives the calls of a model that follows its latest version the version for this query. The driver
 * optimizes each query or micro-batch once, and all executors run that version. Subqueries are
 * optimized separately, so the query's tracker keeps the decision.
 *
 * A version and its signature always come from one decision. If a new version has other tensors, it
 * counts as another model for the existing calls.
 */
private[sql] object LatestModels extends Rule[LogicalPlan] {
  private val models = new ConcurrentHashMap[Asked, LatestModel]
  private val seen = new SeenVersions
  private val decided = new WeakHashMap[QueryPlanningTracker, Decisions]

  override def apply(plan: LogicalPlan): LogicalPlan = {
    lazy val decisions = ofQuery
    lazy val sc = SparkSession.active.sparkContext
    // For a query that is only shown, no trial runs.
    lazy val mayTry = !Explained.isNow(sc)
    plan.transformAllExpressions {
      case call: Predict if call.model.latest =>
        val now = decisions.of(sc, call, mayTry)
        call.copy(model = now.spec, signature = now.signature, newer = None)
    }
  }

  /**
   * The identity of a followed model. Calls that differ in other settings move to new versions
   * together.
   */
  private case class Asked(spec: ModelSpec, tensors: Seq[String], allowedOps: Set[String])

  private def asked(description: ModelDescription, settings: Settings): Asked =
    Asked(
      description.spec.copy(version = None, fingerprint = None),
      LatestModel.tensors(description),
      settings.allowedOps
    )

  /** Follows a model from the version found at registration, unless it is followed already. */
  def follow(description: ModelDescription, settings: Settings): LatestModel =
    models.computeIfAbsent(
      asked(description, settings),
      _ => new LatestModel(description, settings)
    )

  /** Allows another trial of refused versions, when a name is registered anew. */
  def forget(sc: SparkContext, description: ModelDescription, settings: Settings): Unit =
    follow(description, settings).forget(sc)

  /**
   * Returns the version for a call that is being written, and a newer one if there is one. Spark
   * looks up cached results before it optimizes, by the call as written. With both versions in the
   * call, it never matches results that an older version computed.
   */
  def write(
      description: ModelDescription,
      settings: Settings
  ): (ModelDescription, Option[ModelSpec]) = {
    val model = follow(description, settings)
    val isCaching =
      SparkSession.getActiveSession.exists(!_.sharedState.cacheManager.isEmpty)
    val newer =
      if (isCaching) model.newer(seen.newest(description.spec, settings)) else None
    (model.serving, newer)
  }

  /** The versions of one query. Each folder is listed once, for all signatures. */
  final private class Decisions {
    private val made = TrieMap.empty[Asked, ModelDescription]
    private val newest = TrieMap.empty[String, ModelSpec]

    def of(sc: SparkContext, call: Predict, mayTry: => Boolean): ModelDescription = {
      val description = ModelDescription(call.model, call.signature)
      def find: ModelSpec =
        newest.getOrElseUpdate(call.model.path, seen.newest(call.model, call.settings))
      made.getOrElseUpdate(
        asked(description, call.settings),
        follow(description, call.settings).decide(sc, find, mayTry)
      )
    }
  }

  private def ofQuery: Decisions = QueryPlanningTracker.get match {
    case Some(tracker) =>
      decided.synchronized(decided.computeIfAbsent(tracker, _ => new Decisions))
    case None => new Decisions
  }
}
