package tfpredict.host

import org.apache.spark.SPARK_VERSION

import tfpredict.BuildInfo
import tfpredict.messages.ErrorClass

/**
 * Whether this jar is for the Spark that it runs in. Where it is not, little else in it works: so
 * this has constants and strings only.
 */
private[tfpredict] object SparkFit {

  /** The version of Spark that the jar was built on. */
  def built: String = BuildInfo.sparkVersion

  /**
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
