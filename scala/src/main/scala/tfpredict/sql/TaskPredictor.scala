package tfpredict.sql

import org.apache.spark.TaskContext
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow

import tfpredict.batch.PartitionPredictor
import tfpredict.columns.{InternalRowReader, InternalRowWriter}
import tfpredict.messages.{ErrorClass, IllegalUse}

/**
 * Evaluates a [[Predict]] row by row, as a batch of one row or of one row's elements. It holds the
 * model until the task ends. Without a task it fails: the driver loads no model, and the version
 * may differ there.
 */
final private[sql] class TaskPredictor(expression: Predict) {
  private val arguments = expression.arguments.toArray
  private val row = new GenericInternalRow(arguments.length)
  private val elements = ElementArrays.of(Seq(expression), 0)
  // Number of rows that the task evaluated before the current one.
  private var evaluated = 0L
  private var current: Option[(TaskContext, PartitionPredictor[InternalRow, InternalRow])] = None

  def predict(input: InternalRow): Any = {
    var index = 0
    while (index < arguments.length) {
      row.update(index, arguments(index).eval(input))
      index += 1
    }
    val task = TaskContext.get()
    if (task == null) {
      throw new IllegalUse(
        ErrorClass.OnDriver,
        s"$expression to be evaluated in a task on an executor",
        "no task",
        "Write the call into a select list, and the condition around that.",
        expression.model.label
      )
    }
    one(ofTask(task))
  }

  // The result is copied, since the predictor's own row object shows the next result later.
  private def one(predictor: PartitionPredictor[InternalRow, InternalRow]): Any = {
    val single = Iterator.single[InternalRow](row)
    evaluated += 1
    elements match {
      case None =>
        val result = predictor.predict(single, before = evaluated - 1).next()
        InternalRow.copyValue(result.get(0, expression.dataType))
      case Some(arrays) =>
        val rows = new ElementRows(arrays)
        val results =
          predictor.predict(rows.flatten(single), number = Some(() => evaluated))
        rows.gather(results).next().getArray(0)
    }
  }

  private def ofTask(task: TaskContext): PartitionPredictor[InternalRow, InternalRow] =
    current match {
      case Some((same, predictor)) if same eq task => predictor
      case _ =>
        val predictor = make()
        task.addTaskCompletionListener[Unit](_ => predictor.close())
        current = Some((task, predictor))
        evaluated = 0
        predictor
    }

  private def make(): PartitionPredictor[InternalRow, InternalRow] =
    new PartitionPredictor[InternalRow, InternalRow](
      Seq(expression.model),
      if (elements.isEmpty) expression.settings.copy(batchRows = Some(1)) else expression.settings,
      expression.columns,
      InternalRowReader,
      new InternalRowWriter(Seq(expression.detail))
    )
}
