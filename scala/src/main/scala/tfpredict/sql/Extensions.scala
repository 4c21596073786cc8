package tfpredict.sql

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

  override def apply(extensions: SparkSessionExtensions): Unit = {
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
    val info = new ExpressionInfo(classOf[Predict].getName, null, named.name)
    (FunctionIdentifier(named.name), info, builder)
  }
}
