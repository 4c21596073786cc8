package tfpredict.options

import org.apache.spark.SparkConf
import org.apache.spark.sql.SparkSession

import tfpredict.Settings

/**
 * What a session may set of `spark.tfpredict.*`, and what it may not. No key is ignored: one that
 * there is not, or that belongs to whoever starts Spark, is refused.
 */
private[tfpredict] object SessionSettings {
  private val Prefix = "spark.tfpredict."

  /**
   * What Spark was started with, and what the session has set since.
   *
   * @throws IllegalArgumentException
   *   if that is not a session's to set
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
   * Refuses what `SET` may not set, or what the key cannot be.
   *
   * @throws IllegalArgumentException
   *   that tells why
   */
  def checkSet(name: String, value: String): Unit = if (name.startsWith(Prefix)) {
    refusal(name).foreach(refuse(name, value, _))
    Settings.from(new SparkConf(false).set(name, value))
    ()
  }

  /** @throws IllegalArgumentException if there is a key that is no setting */
  def checkNames(conf: SparkConf): Unit =
    for ((rest, value) <- conf.getAllWithPrefix(Prefix)) {
      val name = s"$Prefix$rest"
      if (!name.startsWith(NamedModel.Prefix)) unknown(name).foreach(refuse(name, value, _))
    }

  /**
   * Every key of ours among some settings, with its value; and why it has no effect, if it has
   * none.
   */
  def stated(conf: Map[String, String]): Seq[(String, String, Option[String])] = {
    val models = NamedModel.in(new SparkConf(false).setAll(conf))
    conf.toSeq.filter(_._1.startsWith(Prefix)).sorted.map { case (name, value) =>
      val problem =
        if (name.startsWith(NamedModel.Prefix)) models.flatMap(_.problem(name)).headOption
        else unknown(name)
      (name, value, problem)
    }
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

  /** Letters to change, add or take away. */
  private def distance(a: String, b: String): Int =
    a.foldLeft((0 to b.length).toVector) { (before, letter) =>
      b.indices.scanLeft(before.head + 1) { (left, index) =>
        val change = if (b(index) == letter) 0 else 1
        (left + 1) min (before(index + 1) + 1) min (before(index) + change)
      }.toVector
    }.last
}
