package tfpredict

import org.apache.spark.sql.execution.streaming.runtime

/** Where this line of Spark has its streams. */
object SparkStreams {
  type MemoryStream[A] = runtime.MemoryStream[A]
  val MemoryStream: runtime.MemoryStream.type = runtime.MemoryStream
}
