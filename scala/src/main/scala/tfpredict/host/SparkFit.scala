package tfpredict.host

import org.apache.spark.SPARK_VERSION

import tfpredict.BuildInfo

/**
 * Checks that this jar fits the running Spark. On another line of Spark little else in the jar
 * works, so this object uses constants and strings only.
 */
private[tfpredict] object SparkFit {

  /** The version of Spark that the jar was compiled with. */
  def built: String = BuildInfo.sparkVersion

  /**
   * Checks the running Spark.
   *
   * @throws java.lang.IllegalStateException
   *   if Spark is of another line
   */
  def check(): Unit =
    if (!SPARK_VERSION.startsWith(SparkJavas.versions))
      throw new IllegalStateException(
        "this jar of tfpredict is for Spark ".concat(SparkJavas.versions).concat("x with Scala ")
          .concat(BuildInfo.scalaVersion).concat(", and this is Spark ").concat(SPARK_VERSION)
          .concat(": use the jar that has this Spark's version in its name")
      )
}
