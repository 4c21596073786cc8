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
 * Gives every call of a model whose latest version is asked for the version that this query runs. A
 * query, or a micro-batch, is optimized once, on the driver: what is decided then is what all its
 * executors run. Subqueries are optimized apart, so the decision is kept by the query's tracker.
 *
 * A version and its signature come from one decision always. Where a version has other tensors, the
 * calls that were written for them are another model's, as far as this goes.
 */
private[sql] object LatestModels extends Rule[LogicalPlan] {
  private val models = new ConcurrentHashMap[Asked, LatestModel]
  private val seen = new SeenVersions
  private val decided = new WeakHashMap[QueryPlanningTracker, Decisions]

  override def apply(plan: LogicalPlan): LogicalPlan = {
    lazy val decisions = ofQuery
    lazy val sc = SparkSession.active.sparkContext
    // What is only shown is decided by what is known: no job runs for it.
    lazy val mayTry = !Explained.isNow(sc)
    plan.transformAllExpressions {
      case call: Predict if call.model.latest =>
        val now = decisions.of(sc, call, mayTry)
        call.copy(model = now.spec, signature = now.signature, newer = None)
    }
  }

  /**
   * Calls of one model, whatever else of their settings differs, go on to new versions together.
   */
  private case class Asked(spec: ModelSpec, tensors: Seq[String], allowedOps: Set[String])

  private def asked(description: ModelDescription, settings: Settings): Asked =
    Asked(
      description.spec.copy(version = None, fingerprint = None),
      LatestModel.tensors(description),
      settings.allowedOps
    )

  /** Keeps what registration found, if the model is not followed already. */
  def follow(description: ModelDescription, settings: Settings): LatestModel =
    models.computeIfAbsent(
      asked(description, settings),
      _ => new LatestModel(description, settings)
    )

  /** Lets versions be tried again that were refused, for a name that is given anew. */
  def forget(sc: SparkContext, description: ModelDescription, settings: Settings): Unit =
    follow(description, settings).forget(sc)

  /**
   * What a call stands for that is being written. Spark looks for cached results before it
   * optimizes, and by the call as it is written: so it says what serves now, and whether there is
   * something newer. Then a call takes no result that an older version computed.
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

  /** What one query runs. A folder is looked at once, whatever signatures of it are called. */
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
