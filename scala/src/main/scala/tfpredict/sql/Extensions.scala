package tfpredict.sql

import java.util.{Collections, WeakHashMap}

import org.apache.spark.SparkEnv
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.expressions.{Expression, ExpressionInfo}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.{SparkSession, SparkSessionExtensions, SparkSessionExtensionsProvider}

import tfpredict.NamedModel

/**
 * Makes every SparkSession batch predictions, and gives it the functions that
 * `spark.tfpredict.models.<name>` names. Spark finds it by `spark.sql.extensions`, or by the jar's
 * services file where nothing is configured.
 */
final class Extensions extends SparkSessionExtensionsProvider {

  override def apply(extensions: SparkSessionExtensions): Unit = if (Extensions.isNew(extensions)) {
    // What runs last in the optimizer is not an extension's to inject; a session's first analysis
    // is when there is a session to ask.
    extensions.injectCheckRule(session => (_: LogicalPlan) => Extensions.install(session))
    Option(SparkEnv.get).foreach { env =>
      NamedModel.in(env.conf).foreach(named =>
        extensions.injectFunction(Extensions.function(named))
      )
    }
  }
}

private[tfpredict] object Extensions {
  private val served = Collections.newSetFromMap(
    new WeakHashMap[SparkSessionExtensions, java.lang.Boolean]
  )

  // Found by the jar and by the setting, Spark asks twice, and would then warn in every session
  // that each function replaces another.
  private def isNew(extensions: SparkSessionExtensions): Boolean =
    served.synchronized(served.add(extensions))

  /** Makes a live SparkSession batch predictions; once or many times. */
  def install(spark: SparkSession): Unit = spark.experimental.synchronized {
    val methods = spark.experimental
    for (rule <- Seq(LatestModels, ExtractPredicts) if !methods.extraOptimizations.contains(rule))
      methods.extraOptimizations :+= rule
    if (!methods.extraStrategies.contains(PredictStrategy)) {
      methods.extraStrategies :+= PredictStrategy
    }
  }

  // The model is looked at when the function is first called: a session starts without it.
  private def function(
      named: NamedModel
  ): (FunctionIdentifier, ExpressionInfo, Seq[Expression] => Expression) = {
    val builder = new PredictBuilder(
      named.name,
      () => PredictFunction.of(SparkSession.active, named.spec, named.predictOptions)
    )
    (FunctionIdentifier(named.name), new PredictUsage(named.name, builder), builder)
  }
}
