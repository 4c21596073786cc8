package tfpredict.sql

import java.util.Locale

import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry
import org.apache.spark.sql.catalyst.expressions.{Expression, ExpressionInfo}

import tfpredict.messages.{ErrorClass, IllegalValue}

/**
 * The builder of a model's function in Spark's function registry. It reads the model when it is
 * first needed.
 *
 * @param path
 *   the path given at registration
 * @param before
 *   the function that had the name before, to be restored
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
   * Registers a model's function.
   *
   * @param replace
   *   whether it may replace a function that is not a model's
   * @throws IllegalArgumentException
   *   if the name is invalid, or belongs to another function
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

  /** Removes a model's name, and restores the function that had it before. */
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

  // Spark looks up built-in functions first. Functions from the configuration are registered there
  // too.
  private def placeOf(spark: SparkSession, name: String): FunctionIdentifier = {
    val own = SparkLine.ofSpark(name)
    if (spark.sessionState.functionRegistry.functionExists(own)) own else SparkLine.ofSession(name)
  }

  /** Moves the name to the newest version. */
  def refresh(spark: SparkSession, name: String): PredictFunction = {
    val refreshed = find(spark, name).function.refreshed(spark)
    add(spark, name, refreshed, replace = true)
    refreshed
  }

  /**
   * Returns all models that have a name, ordered by name.
   *
   * @return
   *   name, path, and a function that reads the model or fails with the reason that it cannot
   */
  def all(spark: SparkSession): Seq[(String, String, () => PredictFunction)] =
    builders(spark).values.toSeq
      .sortBy(_.name)
      .map(found => (found.name, found.path, () => found.function))

  /**
   * Returns the builder of a name.
   *
   * @throws IllegalArgumentException
   *   if no model has the name in this session
   */
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

  /** Refuses a name that SQL cannot call, or that belongs to another function. */
  def checkName(spark: SparkSession, name: String, replace: Boolean): Unit = {
    // Any client of a server may send any name.
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

  /** Whether Spark itself has a function or an operator with this name. */
  def isSparksOwn(name: String): Boolean =
    FunctionRegistry.builtin.functionExists(SparkLine.ofSpark(name)) ||
      SparkLine.isTableFunction(name) || FunctionRegistry.builtinOperators.contains(key(name))

  /** Returns the function that has a name, if it can be restored. */
  private def existing(registry: FunctionRegistry, name: String): Option[Function] = {
    val found = for {
      asked <- Seq(SparkLine.ofSpark(name), SparkLine.ofSession(name))
      info <- registry.lookupFunction(asked)
      builder <- registry.lookupFunctionBuilder(asked)
    } yield (info, builder)
    found.headOption
  }

  /** Whether the name belongs to a model in this session. */
  def isModel(spark: SparkSession, name: String): Boolean =
    existing(spark.sessionState.functionRegistry, name).exists(_._2.isInstanceOf[PredictBuilder])

  /** Returns Spark's built-in function of this name. */
  def sparksOwn(name: String): Option[Function] = existing(FunctionRegistry.builtin, name)

  private def key(name: String): String = name.toLowerCase(Locale.ROOT)
}
