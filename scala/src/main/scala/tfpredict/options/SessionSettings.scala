package tfpredict.options

import org.apache.spark.SparkConf
import org.apache.spark.sql.SparkSession

import tfpredict.Settings

/**
 * Checks the `spark.tfpredict.*` keys that a session sets. No key is ignored: unknown keys are
 * refused, and so are those that can only be set when Spark starts.
 */
private[tfpredict] object SessionSettings {
  private val Prefix = "spark.tfpredict."

  /**
   * Returns the settings that Spark was started with, updated with the session's own.
   *
   * @throws IllegalArgumentException
   *   if the session has set a key that it may not set
   */
  def of(spark: SparkSession): SparkConf = {
    val conf = spark.sparkContext.getConf
    val session = spark.conf.getAll
    for (
      (name, value) <- session if name.startsWith(Prefix) && conf.getOption(name).forall(_ != value)
    ) {
      refusal(name).foreach(refuse(name, value, _))
      conf.set(name, value)
    }
    for (key <- Settings.all if key.scope == Settings.OfSession && !session.contains(key.name))
      conf.remove(key.name)
    conf
  }

  /**
   * Checks a key and its value before `SET` sets it.
   *
   * @throws IllegalArgumentException
   *   if the key cannot be set in a session, or the value is invalid
   */
  def checkSet(name: String, value: String): Unit = if (name.startsWith(Prefix)) {
    refusal(name).foreach(refuse(name, value, _))
    Settings.from(new SparkConf(false).set(name, value))
    ()
  }

  /**
   * Refuses unknown keys.
   *
   * @throws IllegalArgumentException
   *   if a key is not a setting
   */
  def checkNames(conf: SparkConf): Unit =
    for ((rest, value) <- conf.getAllWithPrefix(Prefix)) {
      val name = s"$Prefix$rest"
      if (!name.startsWith(NamedModel.Prefix)) unknown(name).foreach(refuse(name, value, _))
    }

  private def refuse(name: String, value: String, why: String): Nothing =
    throw new IllegalArgumentException(s"$name is set to $value: $why")

  private def refusal(name: String): Option[String] =
    if (name.startsWith(NamedModel.Prefix))
      Some(
        "models are named when Spark starts, by --conf or spark-defaults.conf; in a session " +
          s"register names one. RESET $name to go on."
      )
    else
      unknown(
        name
      ).orElse(Settings.all.find(_.name == name).filter(_.scope == Settings.OfStart).map(_ =>
        "it is set when Spark starts, by --conf, spark-defaults.conf or the builder of the first " +
          s"session, since all sessions share what it bounds. RESET $name to go on."
      ))

  private def unknown(name: String): Option[String] =
    if (Settings.all.exists(_.name == name)) None
    else {
      val near = Settings.all.map(_.name).minBy(distance(_, name))
      val all = Settings.all.map(_.name.stripPrefix(Prefix)).mkString(", ")
      val meant = if (distance(near, name) <= 3) s"did you mean $near?" else s"there are $all."
      Some(
        s"there is no such setting; $meant RESET $name, or take it out of Spark's configuration."
      )
    }

  /** The Levenshtein distance. */
  private def distance(a: String, b: String): Int =
    a.foldLeft((0 to b.length).toVector) { (before, letter) =>
      b.indices.scanLeft(before.head + 1) { (left, index) =>
        val change = if (b(index) == letter) 0 else 1
        (left + 1) min (before(index + 1) + 1) min (before(index) + change)
      }.toVector
    }.last
}
