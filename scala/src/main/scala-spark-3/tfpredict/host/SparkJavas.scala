package tfpredict.host

/** Which versions of Spark this line has, and of Java it runs on. */
private[tfpredict] object SparkJavas {
  val line: String = "Spark 3.5"
  final val versions = "3.5."
  val all: Seq[String] = Seq("8", "11", "17")
}
