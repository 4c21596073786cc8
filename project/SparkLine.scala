/**
 * A line of Spark, with the versions that belong together. Sources that differ between lines are in
 * scala-spark-3 and scala-spark-4.
 *
 * @param name
 *   as jars and artifacts have it
 * @param hadoop
 *   the version that Spark itself uses
 */
final case class SparkLine(name: String, scala: String, semanticdb: String, hadoop: String)

object SparkLine {
  private val lines = Map(
    "3" -> SparkLine("spark3.5", "2.12.20", "4.13.6", "3.3.4"),
    "4" -> SparkLine("spark4", "2.13.18", "4.14.2", "3.5.0")
  )

  /** Spark's version. -Dspark.version=4.2.0 builds the second line. */
  val version: String = sys.props.getOrElse("spark.version", "3.5.7")

  /** The first number of Spark's version. */
  val number: String = version.takeWhile(_ != '.')

  val isFirst: Boolean = number == "3"

  val current: SparkLine = lines.getOrElse(
    number,
    sys.error(
      s"-Dspark.version=$version: tfpredict builds for Spark ${lines.keys.mkString(", ")}.x only"
    )
  )

  /** The flags that Spark's launcher passes to a JVM of this version. */
  def javaOptions(java: String): Seq[String] =
    if (java.startsWith("1.")) Nil
    else org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions.trim.split("\\s+").toSeq
}
