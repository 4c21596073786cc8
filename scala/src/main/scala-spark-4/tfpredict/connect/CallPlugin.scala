package tfpredict.connect

import java.util.{Map => JMap}

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.ObjectMapper
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.connect.planner.SparkConnectPlanner
import org.apache.spark.sql.connect.plugin.CommandPlugin
import org.apache.spark.sql.connect.tfpredict.Answers

import tfpredict.python.PythonApi

/**
 * Lets a Spark Connect client call the functions that a Python program calls in a local JVM. A call
 * is sent as a command. Spark runs a command once, in the client's own session, and returns its
 * result as the answer. The server's operator enables it with
 *
 * {{{
 * spark.connect.extensions.command.classes tfpredict.connect.CallPlugin
 * }}}
 */
final class CallPlugin extends CommandPlugin {

  override def process(command: Array[Byte], planner: SparkConnectPlanner): Boolean =
    Sent.of(command, CallPlugin.Kind).map { json =>
      val answer = CallPlugin.answer(planner.session, Sent.list(CallPlugin.Kind, json))
      Answers.send(planner, CallPlugin.Kind, new ObjectMapper().writeValueAsBytes(answer))
    }.isDefined
}

private object CallPlugin {
  private val Kind = "tfpredict/call"

  // Calls that delete files or follow other sessions' jobs are left out.
  private def answer(spark: SparkSession, call: Seq[Any]): Any = call match {
    case Seq("about") => about(spark)
    case Seq("register", path: String, name: String, options: JMap[_, _]) =>
      PythonApi.register(spark, path, name, Sent.options(options))
    case Seq("refresh", name: String) => PythonApi.refresh(spark, name)
    case Seq("unregister", name: String) =>
      PythonApi.unregister(spark, name)
      Map.empty.asJava
    case Seq("registered") => PythonApi.registered(spark)
    case Seq("executorLoads") => PythonApi.executorLoads(spark)
    case Seq("doctor") => PythonApi.doctor(spark)
    case _ => Sent.refuse(Kind, "a call that does not exist")
  }

  // A client's first request, since client and server may have different versions.
  private def about(spark: SparkSession): JMap[String, Any] = {
    val classes = spark.sparkContext.getConf.get("spark.connect.extensions.expression.classes", "")
    Map[String, Any](
      "version" -> PythonApi.version(),
      "predicts" -> classes.split(",").map(_.trim).contains(classOf[PredictPlugin].getName)
    ).asJava
  }
}
