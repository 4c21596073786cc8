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
 * Enables batched predictions in every SparkSession, and registers the functions that
 * `spark.tfpredict.models.<name>` declares. Spark loads this class by `spark.sql.extensions`, or by
 * the jar's services file.
 */
final class Extensions extends SparkSessionExtensionsProvider {

  // On another line of Spark, no class of Scala's that only one line has may be needed before the
  // check: Spark would ignore the extension without an error. So the companion does all the rest.
  override def apply(extensions: SparkSessionExtensions): Unit = {
    SparkFit.check()
    Extensions.injectOnce(extensions)
  }
}

private[tfpredict] object Extensions {
  // Makes `spark.conf.set` refuse these keys, as it refuses Spark's own static keys.
  private lazy val startKeys: Unit = Settings.all
    .filter(_.scope == Settings.OfStart)
    .foreach(key => SQLConf.registerStaticConfigKey(key.name))

  private val served = Collections.newSetFromMap(
    new WeakHashMap[SparkSessionExtensions, java.lang.Boolean]
  )

  // If both the jar and the setting name this class, Spark applies it twice. It would then warn in
  // every session that functions are replaced.
  private def injectOnce(extensions: SparkSessionExtensions): Unit =
    if (served.synchronized(served.add(extensions))) inject(extensions)

  private def inject(extensions: SparkSessionExtensions): Unit = {
    // An extension cannot inject a rule that runs last in the optimizer. So the first analysis in a
    // session installs the rules.
    extensions.injectCheckRule(session => check(session, _))
    extensions.injectPostHocResolutionRule(_ => GlobalViews)
    extensions.injectParser((session, parser) => ValuesParser(session, parser))
    Option(SparkEnv.get).foreach { env =>
      val (free, taken) = NamedModel.in(env.conf).partition(named =>
        named.replaces || !RegisteredFunctions.isSparksOwn(named.name)
      )
      free.foreach(named => extensions.injectFunction(function(named)))
      taken.foreach(warn)
      // Nothing else tells it to a session that calls no model, since the name has no function.
      SessionSettings.stated(env.conf.getAll.toMap).flatMap(_._3).foreach(log.warn(_))
    }
  }

  /** Enables batched predictions in a live SparkSession. Further calls have no effect. */
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

  // Otherwise one setting could replace `sum` for all users of a server.
  private def warn(named: NamedModel): Unit = log.warn(
    s"${NamedModel.Prefix}${named.name} is ignored, because Spark has a function ${named.name}. " +
      s"Choose another name, or set ${NamedModel.Prefix}${named.name}.replace to true."
  )

  // The model is read at the function's first call, so a session starts without it.
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
