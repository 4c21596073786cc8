package tfpredict.connect

import java.util.{List => JList, Map => JMap, Optional}

import scala.collection.JavaConverters._

import org.apache.spark.connect.proto.Expression.UnresolvedFunction
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.connect.planner.SparkConnectPlanner
import org.apache.spark.sql.connect.plugin.ExpressionPlugin
import org.apache.spark.sql.tfpredict.Columns
import org.sparkproject.connect.protobuf.InvalidProtocolBufferException

import tfpredict.python.PythonApi

/**
 * A model's prediction as a column of a Spark Connect client. It is sent as a function call. The
 * arguments are the input columns, and the function's name is JSON with everything else. The
 * server's operator enables it with
 *
 * {{{
 * spark.connect.extensions.expression.classes tfpredict.connect.PredictPlugin
 * }}}
 *
 * Spark asks for the expression each time it analyzes a DataFrame that contains it. Each time the
 * model's signature is read again; nothing is changed.
 */
final class PredictPlugin extends ExpressionPlugin {
  private val kind = "tfpredict/predict"

  override def transform(
      expression: Array[Byte],
      planner: SparkConnectPlanner
  ): Optional[Expression] =
    Sent.of(expression, kind).map(predict(_, planner)) match {
      case Some(prediction) => Optional.of(prediction)
      case None => Optional.empty[Expression]
    }

  private def predict(sent: Array[Byte], planner: SparkConnectPlanner): Expression = {
    val call =
      try UnresolvedFunction.parseFrom(sent)
      catch {
        case _: InvalidProtocolBufferException => Sent.refuse(kind, "what is no call of a function")
      }
    Sent.list(kind, call.getFunctionName.getBytes("UTF-8")) match {
      case Seq(path: String, names: JList[_], options: JMap[_, _])
          if names.size <= call.getArgumentsCount =>
        val columns = call.getArgumentsList.asScala.toSeq
          .map(argument => Columns.of(planner.transformExpression(argument)))
        val inputs = names.asScala.map(_.toString).asJava
        Columns.expression(PythonApi.predict(path, columns.asJava, inputs, Sent.options(options)))
      case _ => Sent.refuse(kind, "a call that does not exist")
    }
  }
}
