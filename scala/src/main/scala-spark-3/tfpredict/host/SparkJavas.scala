package tfpredict.host

/** Which versions of Java this line of Spark runs on. */
private[tfpredict] object SparkJavas {
  val line: String = "Spark 3.5"
  val all: Seq[String] = Seq("8", "11", "17")
}
