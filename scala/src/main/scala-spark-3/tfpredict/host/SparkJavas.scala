package tfpredict.host

/** The versions of Spark on this line, and the Javas that it runs on. */
private[tfpredict] object SparkJavas {
  val line: String = "Spark 3.5"
  final val versions = "3.5."
  val all: Seq[String] = Seq("8", "11", "17")
}
