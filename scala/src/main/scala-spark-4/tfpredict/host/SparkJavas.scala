package tfpredict.host

/** The versions of Spark on this line, and the Javas that it runs on. */
private[tfpredict] object SparkJavas {
  val line: String = "Spark 4"
  final val versions = "4."
  val all: Seq[String] = Seq("17", "21", "25")
}
