package tfpredict.sql

import org.apache.spark.TaskContext
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{
  Attribute,
  Expression,
  NamedExpression,
  UnsafeProjection,
  UnsafeRow
}
import org.apache.spark.tfpredict.TaskMemory

import tfpredict.batch.PartitionPredictor
import tfpredict.columns.{InputColumn, InternalRowReader, InternalRowWriter, ResultDetail}
import tfpredict.{ModelSpec, Settings}

/**
 * Runs the rows of one partition through the models. The columns of a row that the query still
 * needs wait in a [[RowBuffer]] for the results. The rest of the row is discarded once it is
 * encoded.
 *
 * @param arguments
 *   one expression for each input, over the child's columns
 * @param columns
 *   the positions of the arguments. If all of them are plain columns, these are positions in the
 *   child's rows.
 * @param kept
 *   columns that wait for the results
 * @param projected
 *   the output, over `kept` and `results`
 * @param elements
 *   the layout of calls that are made for elements of arrays. `columns` are then positions in an
 *   element.
 */
final private[sql] case class PredictPartition(
    models: Seq[ModelSpec],
    details: Seq[ResultDetail],
    settings: Settings,
    arguments: Seq[Expression],
    columns: Seq[InputColumn],
    isDirect: Boolean,
    child: Seq[Attribute],
    kept: Seq[Attribute],
    results: Seq[Attribute],
    projected: Seq[NamedExpression],
    elements: Option[ElementArrays],
    metrics: PredictMetrics
) {

  /**
   * Returns the output rows.
   *
   * @param index
   *   the partition's index, which seeds expressions such as `rand`
   */
  def predict(index: Int, rows: Iterator[InternalRow]): Iterator[InternalRow] =
    if (rows.isEmpty) Iterator.empty
    else {
      val predictor = new PartitionPredictor[InternalRow, InternalRow](
        models,
        settings,
        columns,
        InternalRowReader,
        new InternalRowWriter(details),
        metrics
      )
      val task = TaskContext.get()
      task.addTaskCompletionListener[Unit](_ => predictor.close())
      val outputs = OutputRows(projected, kept, results, index)
      val layout = new RowLayout(kept.map(_.dataType), outputs.reserved)
      val waiting = if (kept.isEmpty) None else Some(new RowBuffer(layout, TaskMemory.of(task)))
      waiting.foreach(rows => task.addTaskCompletionListener[Unit](_ => rows.close()))
      val read = waiting.fold(rows)(new WaitingRows(rows, keeper(), _))
      val found = results(predictor, argued(index, read), task, waiting)
      new PredictedRows(found, outputs, waiting, metrics, task)
    }

  private def results(
      predictor: PartitionPredictor[InternalRow, InternalRow],
      arguments: Iterator[InternalRow],
      task: TaskContext,
      waiting: Option[RowBuffer]
  ): Iterator[InternalRow] = {
    val weight = waiting.fold(() => 0L)(rows => () => rows.added)
    val isTight = waiting.fold(() => false)(rows => () => rows.isTight)
    elements match {
      case None => predictor.predict(arguments, weight, isTight)
      case Some(arrays) =>
        val rows = new ElementRows(arrays)
        val each = rows.flatten(arguments)
        rows
          .gather(predictor.predict(each, weight, isTight, number = Some(() => rows.number)))
          .map { row =>
            // Checked for each row, since 32 rows can have very many elements.
            PredictedRows.endIfKilled(task)
            row
          }
    }
  }

  private def argued(index: Int, rows: Iterator[InternalRow]): Iterator[InternalRow] =
    if (isDirect) rows
    else {
      val projection = UnsafeProjection.create(arguments, child)
      projection.initialize(index)
      rows.map(projection)
    }

  // Rows from generated code are unsafe rows already. Others are converted.
  private def keeper(): InternalRow => UnsafeRow = {
    lazy val projection = UnsafeProjection.create(kept, child)
    if (kept == child) {
      case unsafe: UnsafeRow => unsafe
      case other => projection(other)
    }
    else row => projection(row)
  }
}

private[sql] object PredictPartition {

  def apply(
      calls: Seq[Predict],
      results: Seq[Attribute],
      projectList: Seq[NamedExpression],
      child: Seq[Attribute],
      metrics: PredictMetrics
  ): PredictPartition = {
    val arguments = calls.head.arguments
    val ordinals = arguments.map {
      case attribute: Attribute => child.indexWhere(_.exprId == attribute.exprId)
      case _ => -1
    }
    val isDirect = ordinals.forall(_ >= 0)
    val columns = calls.head.columns
    val elements = ElementArrays.of(calls, math.max(0, ordinals.head))
    val wanted = projectList.map(_.references).reduceOption(_ ++ _)
    PredictPartition(
      calls.map(_.model),
      calls.map(_.detail),
      calls.head.settings,
      arguments,
      if (!isDirect || elements.isDefined) columns
      else columns.zip(ordinals).map { case (column, at) => column.copy(ordinal = at) },
      isDirect,
      child,
      child.filter(column => wanted.exists(_.contains(column))),
      results,
      projectList,
      elements,
      metrics
    )
  }
}
