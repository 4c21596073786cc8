package tfpredict

import org.apache.spark.sql.execution.streaming.MemoryStream
import org.apache.spark.sql.{Encoder, SQLContext, SparkSession}

/** Streams that tests fill, which each line of Spark has elsewhere. */
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
