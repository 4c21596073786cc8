package tfpredict.host

/** Which versions of Java this line of Spark runs on. */
private[tfpredict] object SparkJavas {
  val line: String = "Spark 4"
  val all: Seq[String] = Seq("17", "21", "25")
}
