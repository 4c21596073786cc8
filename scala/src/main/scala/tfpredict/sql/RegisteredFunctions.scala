package tfpredict.sql

import java.util.Locale

import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry
import org.apache.spark.sql.catalyst.expressions.{Expression, ExpressionInfo}

import tfpredict.messages.{ErrorClass, IllegalValue}

/**
 * What Spark's registry of functions keeps for a name. The model is looked at when it is needed.
 *
 * @param path
 *   where the model is said to be
 * @param before
 *   what had the name, to be put back
 */
final private[sql] class PredictBuilder(
    val name: String,
    val path: String,
    val before: Option[RegisteredFunctions.Function],
    find: () => PredictFunction
) extends (Seq[Expression] => Expression) {
  lazy val function: PredictFunction = find()

  override def apply(arguments: Seq[Expression]): Expression = function(name, arguments)
}

/** The models that have a name in a SparkSession's SQL. */
private[tfpredict] object RegisteredFunctions {
  type Function = (ExpressionInfo, Seq[Expression] => Expression)

  /**
   * Gives a model a name.
   *
   * @param replace
   *   whether it may be the name of a function that is no model's
   * @throws IllegalArgumentException
   *   if the name is none, or taken
   */
  def add(spark: SparkSession, name: String, function: PredictFunction, replace: Boolean): Unit = {
    checkName(spark, name, replace)
    Extensions.install(spark)
    function.decideAnew(spark)
    val before = builders(spark).get(key(name)) match {
      case Some(ours) => ours.before
      case None => existing(spark.sessionState.functionRegistry, name)
    }
    val builder = new PredictBuilder(name, function.description.spec.path, before, () => function)
    put(spark, name, (new PredictUsage(name, builder), builder))
  }

  /** Takes a name from its model; what had it before has it again. */
  def remove(spark: SparkSession, name: String): Unit = {
    val ours = find(spark, name)
    ours.before match {
      case Some(function) => put(spark, name, function)
      case None => spark.sessionState.functionRegistry.dropFunction(placeOf(spark, name))
    }
    ()
  }

  private def put(spark: SparkSession, name: String, function: Function): Unit =
    spark.sessionState.functionRegistry
      .registerFunction(placeOf(spark, name), function._1, function._2)

  // Spark looks among its own first; there it has what the configuration names, too.
  private def placeOf(spark: SparkSession, name: String): FunctionIdentifier = {
    val own = SparkLine.ofSpark(name)
    if (spark.sessionState.functionRegistry.functionExists(own)) own else SparkLine.ofSession(name)
  }

  /** Gives the name to what is newest now. */
  def refresh(spark: SparkSession, name: String): PredictFunction = {
    val refreshed = find(spark, name).function.refreshed(spark)
    add(spark, name, refreshed, replace = true)
    refreshed
  }

  /**
   * Each name with its model, or with what hinders it.
   *
   * @return
   *   name, path, and what the name stands for, in the order of the names
   */
  def all(spark: SparkSession): Seq[(String, String, () => PredictFunction)] =
    builders(spark).values.toSeq
      .sortBy(_.name)
      .map(found => (found.name, found.path, () => found.function))

  /** @throws IllegalArgumentException if no model has the name in this session */
  private def find(spark: SparkSession, name: String): PredictBuilder = {
    val known = builders(spark)
    known.getOrElse(
      key(name), {
        val names = known.values.map(_.name).toSeq.sorted
        val shown = if (names.isEmpty) "none is registered" else names.mkString(", ")
        throw IllegalValue.of(
          ErrorClass.FunctionNotFound,
          s"a model registered in this session: $shown",
          name,
          "Name one of these, or register the model."
        )
      }
    )
  }

  private def builders(spark: SparkSession): Map[String, PredictBuilder] = {
    val registry = spark.sessionState.functionRegistry
    registry
      .listFunction()
      .flatMap(found => registry.lookupFunctionBuilder(found))
      .collect { case builder: PredictBuilder => key(builder.name) -> builder }
      .toMap
  }

  /** Refuses a name that SQL cannot call, or that is taken. */
  def checkName(spark: SparkSession, name: String, replace: Boolean): Unit = {
    // Any client of a server may ask for any name.
    val isName = name != null && name.matches("[A-Za-z_][A-Za-z0-9_]*")
    IllegalValue.unless(isName, ErrorClass.FunctionName)(
      "letters, digits and underscores, where the first is no digit",
      s""""$name"""",
      s"Choose another name${nearest(name).fold("")(near => s", such as $near")}."
    )
    if (!replace) {
      owner(spark, name).foreach { who =>
        throw IllegalValue.of(
          ErrorClass.FunctionTaken,
          "the name of no other function",
          s"$name, which is $who",
          "Choose another name, or replace that function: replace=true, in Python replace=True."
        )
      }
    }
  }

  private def nearest(name: String): Option[String] =
    Option(name)
      .map(_.trim.replaceAll("[^A-Za-z0-9_]+", "_").replaceAll("^(?=[0-9])", "_"))
      .filter(_.exists(_.isLetterOrDigit))

  private def owner(spark: SparkSession, name: String): Option[String] = {
    val state = spark.sessionState
    if (builders(spark).contains(key(name))) None
    else if (isSparksOwn(name)) Some("one of Spark's own")
    else if (state.functionRegistry.functionExists(SparkLine.ofSession(name)))
      Some("another function of this session")
    else if (state.catalog.isPersistentFunction(FunctionIdentifier(name)))
      Some("a function of the catalog")
    else None
  }

  /** Whether SQL has a function or an operator of that name without any model. */
  def isSparksOwn(name: String): Boolean =
    FunctionRegistry.builtin.functionExists(SparkLine.ofSpark(name)) ||
      SparkLine.isTableFunction(name) || FunctionRegistry.builtinOperators.contains(key(name))

  /** What has a name, where it is a function that can be put back. */
  private def existing(registry: FunctionRegistry, name: String): Option[Function] = {
    val found = for {
      asked <- Seq(SparkLine.ofSpark(name), SparkLine.ofSession(name))
      info <- registry.lookupFunction(asked)
      builder <- registry.lookupFunctionBuilder(asked)
    } yield (info, builder)
    found.headOption
  }

  /** Whether a name is a model's in this session. */
  def isModel(spark: SparkSession, name: String): Boolean =
    existing(spark.sessionState.functionRegistry, name).exists(_._2.isInstanceOf[PredictBuilder])

  /** One of Spark's own functions, as it was before a model had its name. */
  def sparksOwn(name: String): Option[Function] = existing(FunctionRegistry.builtin, name)

  private def key(name: String): String = name.toLowerCase(Locale.ROOT)
}
