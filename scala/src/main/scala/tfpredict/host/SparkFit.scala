package tfpredict.host

import org.apache.spark.SPARK_VERSION

import tfpredict.BuildInfo
import tfpredict.messages.ErrorClass

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
        "[".concat(ErrorClass.SparkLineName).concat("] ").concat(ErrorClass.SparkLineSentence)
          .concat(" Expected: Spark ").concat(SparkJavas.versions).concat("x with Scala ")
          .concat(BuildInfo.scalaVersion).concat(" for this jar. Found: Spark ")
          .concat(SPARK_VERSION).concat(". Fix: Use the jar with this Spark's version in its name.")
      )
}
