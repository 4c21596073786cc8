package tfpredict

import org.apache.spark.sql.execution.streaming.runtime

/** The package of memory streams on this line of Spark. */
object SparkStreams {
  type MemoryStream[A] = runtime.MemoryStream[A]
  val MemoryStream: runtime.MemoryStream.type = runtime.MemoryStream
}
