import com.google.protobuf.{GeneratedMessageV3, StringValue}
import org.apache.spark.sql.SparkSession

import tfpredict.{ModelSpec, Tfpredict}

/** Registers a model and predicts with it, beside a protobuf of the program's own. */
object Consumer {
  def main(arguments: Array[String]): Unit = {
    val spark =
      SparkSession.builder().master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try {
      Tfpredict.register(spark, ModelSpec(arguments(0)), "tfpredict")
      val prediction = spark.sql("SELECT tfpredict(array(1.0, 2.0))").head().getFloat(0)
      val parsed = StringValue.parseFrom(StringValue.of("intact").toByteArray).getValue
      val jar = classOf[GeneratedMessageV3].getProtectionDomain.getCodeSource.getLocation.getPath
      println(s"sbt: $prediction; protobuf ${jar.split('/').last} $parsed")
    } finally spark.stop()
  }
}
