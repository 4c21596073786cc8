package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.ExpressionInfo

import tfpredict.TfpredictException
import tfpredict.columns.TensorTypes

/**
 * What `DESCRIBE FUNCTION` says of a model: its arguments, its answer's type and which version it
 * is, which a client that only speaks SQL can learn nowhere else.
 *
 * The model is looked at when somebody asks, as a session starts without it. One that cannot serve
 * is described by the reason: Spark asks all functions in turn when it lists them.
 */
final private[sql] class PredictUsage(name: String, builder: PredictBuilder)
    extends ExpressionInfo(classOf[Predict].getName, null, name) {

  override def getUsage: String =
    try usage
    catch {
      case failed @ (_: TfpredictException | _: IllegalArgumentException) => failed.getMessage
    }

  private def usage: String = {
    val description = builder.function.description
    val inputs = description.signature.inputs.map { input =>
      s"${input.name} ${TensorTypes.resultType(input).sql}"
    }
    val answer = builder.function(name, Nil).dataType.sql
    val names = description.signature.inputs.map(input => s"${input.name} => …").mkString(", ")
    val binding =
      if (inputs.size == 1) ""
      else
        s". Columns that have exactly the inputs' names go by name, in any order; others by " +
          s"position; or write $name($names), or pass one struct"
    s"${inputs.mkString(s"$name(", ", ", ")")} returns $answer: ${description.spec.describe}$binding"
  }
}
