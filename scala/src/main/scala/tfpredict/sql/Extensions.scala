package tfpredict.sql

import java.util.{Collections, WeakHashMap}

import org.apache.spark.SparkEnv
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.expressions.{Expression, ExpressionInfo}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.execution.command.SetCommand
import org.apache.spark.sql.internal.SQLConf
import org.apache.spark.sql.{SparkSession, SparkSessionExtensions, SparkSessionExtensionsProvider}
import org.slf4j.LoggerFactory

import tfpredict.Settings
import tfpredict.host.SparkFit
import tfpredict.options.{NamedModel, SessionSettings}

/**
 * Makes every SparkSession batch predictions, and gives it the functions that
 * `spark.tfpredict.models.<name>` names. Spark finds it by `spark.sql.extensions`, or by the jar's
 * services file where nothing is configured.
 */
final class Extensions extends SparkSessionExtensionsProvider {

  override def apply(extensions: SparkSessionExtensions): Unit = {
    SparkFit.check()
    if (Extensions.isNew(extensions)) inject(extensions)
  }

  private def inject(extensions: SparkSessionExtensions): Unit = {
    // What runs last in the optimizer is not an extension's to inject; a session's first analysis
    // is when there is a session to ask.
    extensions.injectCheckRule(session => Extensions.check(session, _))
    extensions.injectPostHocResolutionRule(_ => GlobalViews)
    extensions.injectParser((session, parser) => ValuesParser(session, parser))
    Option(SparkEnv.get).foreach { env =>
      val (free, taken) = NamedModel.in(env.conf).partition(named =>
        named.replaces || !RegisteredFunctions.isSparksOwn(named.name)
      )
      free.foreach(named => extensions.injectFunction(Extensions.function(named)))
      taken.foreach(Extensions.warn)
    }
  }
}

private[tfpredict] object Extensions {
  // `spark.conf.set` then refuses them by itself, as it does Spark's own of that kind.
  private lazy val startKeys: Unit = Settings.all
    .filter(_.scope == Settings.OfStart)
    .foreach(key => SQLConf.registerStaticConfigKey(key.name))

  private val served = Collections.newSetFromMap(
    new WeakHashMap[SparkSessionExtensions, java.lang.Boolean]
  )

  // Found by the jar and by the setting, Spark asks twice, and would then warn in every session
  // that each function replaces another.
  private def isNew(extensions: SparkSessionExtensions): Boolean =
    served.synchronized(served.add(extensions))

  /** Makes a live SparkSession batch predictions; once or many times. */
  def install(spark: SparkSession): Unit = spark.experimental.synchronized {
    startKeys
    val methods = spark.experimental
    for (rule <- Seq(LatestModels, ExtractPredicts) if !methods.extraOptimizations.contains(rule))
      methods.extraOptimizations :+= rule
    if (!methods.extraStrategies.contains(PredictStrategy)) {
      methods.extraStrategies :+= PredictStrategy
    }
  }

  private val log = LoggerFactory.getLogger(classOf[Extensions])

  private def check(spark: SparkSession, plan: LogicalPlan): Unit = {
    install(spark)
    plan match {
      case SetCommand(Some((name, Some(value)))) => SessionSettings.checkSet(name, value)
      case _ =>
    }
  }

  // Without it `sum` would be a model's for all who use this server.
  private def warn(named: NamedModel): Unit = log.warn(
    s"${NamedModel.Prefix}${named.name} is ignored, because Spark has a function ${named.name}. " +
      s"Choose another name, or set ${NamedModel.Prefix}${named.name}.replace to true."
  )

  // The model is looked at when the function is first called: a session starts without it.
  private def function(
      named: NamedModel
  ): (FunctionIdentifier, ExpressionInfo, Seq[Expression] => Expression) = {
    val builder = new PredictBuilder(
      named.name,
      named.path,
      RegisteredFunctions.sparksOwn(named.name),
      () => PredictFunction.of(SparkSession.active, named.spec, named.predictOptions)
    )
    (FunctionIdentifier(named.name), new PredictUsage(named.name, builder), builder)
  }
}
