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
import tfpredict.savedmodel.ModelStore
import tfpredict.{ModelSpec, Settings}

/**
 * Gives every call of a model whose latest version is asked for the version that this query runs. A
 * query, or a micro-batch, is optimized once, on the driver: what is decided then is what all its
 * executors run. Subqueries are optimized apart, so the decision is kept by the query's tracker.
 */
private[sql] object LatestModels extends Rule[LogicalPlan] {
  private val models = new ConcurrentHashMap[Asked, LatestModel]
  private val decided = new WeakHashMap[QueryPlanningTracker, Decisions]

  override def apply(plan: LogicalPlan): LogicalPlan = {
    lazy val decisions = ofQuery
    plan.transformAllExpressions {
      case call: Predict if call.model.latest =>
        val now = decisions.of(SparkSession.active.sparkContext, call)
        call.copy(model = now.spec, signature = now.signature)
    }
  }

  /**
   * Calls of one model, whatever else of their settings differs, go on to new versions together.
   */
  private case class Asked(spec: ModelSpec, allowedOps: Set[String])

  private def asked(spec: ModelSpec, settings: Settings): Asked =
    Asked(spec.copy(version = None, fingerprint = None), settings.allowedOps)

  /** Keeps what registration found, if the model is not followed already. */
  def follow(description: ModelDescription, settings: Settings): Unit =
    models.computeIfAbsent(
      asked(description.spec, settings),
      _ => new LatestModel(description, settings)
    )

  /** What one query runs. A folder is looked at once, whatever signatures of it are called. */
  final private class Decisions {
    private val made = TrieMap.empty[Asked, ModelDescription]
    private val newest = TrieMap.empty[String, ModelSpec]

    def of(sc: SparkContext, call: Predict): ModelDescription = {
      val key = asked(call.model, call.settings)
      def find: ModelSpec =
        newest.getOrElseUpdate(call.model.path, ModelStore.resolve(call.model, call.settings))
      made.getOrElseUpdate(
        key, {
          follow(ModelDescription(call.model, call.signature), call.settings)
          models.get(key).decide(sc, find)
        }
      )
    }
  }

  private def ofQuery: Decisions = QueryPlanningTracker.get match {
    case Some(tracker) =>
      decided.synchronized(decided.computeIfAbsent(tracker, _ => new Decisions))
    case None => new Decisions
  }
}
