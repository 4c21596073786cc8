package tfpredict

import org.apache.spark.sql.execution.streaming

/** The package of memory streams on this line of Spark. */
object SparkStreams {
  type MemoryStream[A] = streaming.MemoryStream[A]
  val MemoryStream: streaming.MemoryStream.type = streaming.MemoryStream
}
