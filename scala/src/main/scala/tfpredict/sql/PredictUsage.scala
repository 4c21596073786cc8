package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.ExpressionInfo

import tfpredict.TfpredictException
import tfpredict.columns.TensorTypes

/**
 * The text of `DESCRIBE FUNCTION` for a model: its arguments, its result type and its version. A
 * client that only uses SQL has no other way to find them out.
 *
 * The model is read when the text is requested, since a session starts without it. If the model
 * cannot run, the text is the reason. It raises no exception, since Spark requests all texts when
 * it lists functions.
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
      s"${input.name} ${TensorTypes.resultType(input).sql} (${input.dtype}${input.shape})"
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
