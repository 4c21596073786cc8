package tfpredict.messages

import org.apache.spark.SparkThrowable

/**
 * An exception that has an error class. Spark, PySpark and Spark Connect ask for it as they ask
 * Spark's own exceptions.
 */
private[tfpredict] trait HasErrorClass extends SparkThrowable {

  /** Such as `TFPREDICT_INPUT_LENGTH`. */
  def errorClass: String

  override def getErrorClass: String = errorClass

  /** What Spark 4 calls it. */
  def getCondition: String = errorClass

  // Spark would look the class up among its own.
  override def getSqlState: String = null
}
