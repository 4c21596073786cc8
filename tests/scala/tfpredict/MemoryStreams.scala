package tfpredict

import org.apache.spark.sql.{Encoder, SQLContext, SparkSession}

import tfpredict.SparkStreams.MemoryStream

/** Streams that tests fill. */
object MemoryStreams {
  def of[A: Encoder](spark: SparkSession): MemoryStream[A] = {
    implicit val context: SQLContext = spark.sqlContext
    MemoryStream[A]
  }

  def of[A: Encoder](spark: SparkSession, partitions: Int): MemoryStream[A] = {
    implicit val context: SQLContext = spark.sqlContext
    MemoryStream[A](partitions)
  }
}
