package tfpredict.host

/** Which versions of Spark this line has, and of Java it runs on. */
private[tfpredict] object SparkJavas {
  val line: String = "Spark 4"
  final val versions = "4."
  val all: Seq[String] = Seq("17", "21", "25")
}
