package tfpredict

import org.apache.spark.sql.execution.streaming

/** Where this line of Spark has its streams. */
object SparkStreams {
  type MemoryStream[A] = streaming.MemoryStream[A]
  val MemoryStream: streaming.MemoryStream.type = streaming.MemoryStream
}
