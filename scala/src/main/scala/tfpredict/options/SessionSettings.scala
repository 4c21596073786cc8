package tfpredict.options

import org.apache.spark.SparkConf
import org.apache.spark.sql.SparkSession

import tfpredict.Settings
import tfpredict.messages.{ErrorClass, IllegalValue}

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

  /** Why a key cannot be set. */
  private case class Refusal(error: ErrorClass, expected: String, fix: String) {
    def message(name: String, value: String): String =
      error.message(expected, s"$name is set to $value", fix)
  }

  /** Returns all keys of tfpredict in a configuration: the key, its value, and any problem. */
  def stated(conf: Map[String, String]): Seq[(String, String, Option[String])] = {
    val models = NamedModel.in(new SparkConf(false).setAll(conf))
    conf.toSeq.filter(_._1.startsWith(Prefix)).sorted.map { case (name, value) =>
      val problem =
        if (name.startsWith(NamedModel.Prefix)) models.flatMap(_.problem(name)).headOption
        else unknown(name).map(_.message(name, value))
      (name, value, problem)
    }
  }

  private def refuse(name: String, value: String, why: Refusal): Nothing =
    throw IllegalValue.of(why.error, why.expected, s"$name is set to $value", why.fix)

  private def refusal(name: String): Option[Refusal] =
    if (name.startsWith(NamedModel.Prefix))
      Some(
        Refusal(
          ErrorClass.SettingScope,
          "models to be named when Spark starts, by --conf or spark-defaults.conf",
          s"RESET $name, then start Spark with --conf $name=…, or name the model with register."
        )
      )
    else
      unknown(name).orElse(
        Settings.all.find(_.name == name).filter(_.scope == Settings.OfStart).map(_ =>
          Refusal(
            ErrorClass.SettingScope,
            "this setting to be made when Spark starts, by --conf, spark-defaults.conf or the " +
              "builder of the first session, because all sessions share its effect",
            s"RESET $name to continue."
          )
        )
      )

  private def unknown(name: String): Option[Refusal] =
    if (Settings.all.exists(_.name == name)) None
    else {
      // `spark.tfpredict.model.score`, for one.
      val model = NamedModel.Prefix + name.stripPrefix(Prefix).dropWhile(_ != '.').drop(1)
      val near = (Settings.all.map(_.name) :+ model).minBy(distance(_, name))
      val all = (Settings.all.map(_.name.stripPrefix(Prefix)) :+ "models.<name>").mkString(", ")
      val isNear = distance(near, name) <= 3
      val meant = if (isNear) s"Did you mean $near? " else ""
      Some(
        Refusal(
          ErrorClass.SettingUnknown,
          if (isNear) s"a setting of tfpredict, such as $near"
          else s"one of tfpredict's settings: $all",
          s"${meant}RESET $name, or remove it from Spark's configuration."
        )
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
