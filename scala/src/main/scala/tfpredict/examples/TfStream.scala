package tfpredict.examples

import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.streaming.Trigger

import tfpredict.{ModelSpec, PredictOptions, Tfpredict}

/**
 * Runs a model on files as they arrive. It reads JSON lines with an `id` and an array of
 * `features`, and writes Parquet with `id`, `value` and `model_version`. Each row is written once,
 * even after a restart.
 */
object TfStream {

  def main(args: Array[String]): Unit = {
    val (Array(model, input, output, checkpoint), trigger) = args match {
      case Array(_, _, _, _) => (args, Trigger.ProcessingTime(0))
      case Array(_, _, _, _, "now") => (args.init, Trigger.AvailableNow)
      case _ =>
        throw new IllegalArgumentException(
          "usage: TfStream <model> <input> <output> <checkpoint> [now], where now ends it " +
            "when the files that are there have been read"
        )
    }
    val spark = SparkSession.builder().appName("TfStream").getOrCreate()
    // A new version serves from the next micro-batch on.
    val latest = ModelSpec(model, latest = true)
    Tfpredict.register(spark, latest, options = PredictOptions(modelVersion = true))

    spark.readStream
      .schema("id LONG, features ARRAY<FLOAT>")
      // A backlog is processed one file per micro-batch.
      .option("maxFilesPerTrigger", 1)
      .json(input)
      .selectExpr("id", "tfpredict(features) AS y")
      .select("id", "y.value", "y.model_version")
      .writeStream
      .format("parquet")
      .trigger(trigger)
      .option("checkpointLocation", checkpoint)
      .start(output)
      .awaitTermination()
  }
}
