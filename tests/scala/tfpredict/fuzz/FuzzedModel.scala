package tfpredict.fuzz

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{GenericInternalRow, UnsafeProjection}
import org.apache.spark.sql.types.{ArrayType, DataType, StructField, StructType}

import tfpredict.batch.PartitionPredictor
import tfpredict.columns.{
  InputColumn,
  InternalRowReader,
  InternalRowWriter,
  ResultDetail,
  TensorTypes
}
import tfpredict.model.ModelDescription
import tfpredict.tensor.TensorSpec
import tfpredict.{OnError, Settings, TestModels}

/**
 * A model that runs the rows of cases as a task does, one case after another, whatever their
 * outcomes.
 */
final class FuzzedModel(val name: String) extends AutoCloseable {
  import FuzzedModel._

  private val description = ModelDescription.of(TestModels.spec(s"fuzzed/$name"))
  private val inputs = description.signature.inputs

  /** Rows for which the model has results. */
  val good: Vector[GoodRow] = GoodRows.of(name, description.signature)

  private val outputs = description.signature.outputs
  private val valueType: DataType = outputs.map(TensorTypes.resultType) match {
    case Vector(one) => one
    case several =>
      StructType(several.zip(outputs).map { case (of, output) => StructField(output.name, of) })
  }
  private val bits = new Bits(valueType)
  private val ways = OnError.all.map(onError => onError -> new Way(onError)).toMap

  /** The elements of the results for the good rows. */
  def answers: Vector[Seq[Any]] = ways(OnError.Fail).answers().map(bits.elements)

  /** Runs a case's rows, and checks that good rows still have the same results. */
  def run(named: RowCase): RowsOutcome = ways(named.onError).run(named)

  override def close(): Unit = ways.values.foreach(_.close())

  private class Way(onError: OnError) extends AutoCloseable {
    // A column may be flat. This uses flat columns where a rejected row fails the task.
    private def isFlat(input: TensorSpec): Boolean = onError == OnError.Fail && mayBeFlat(input)
    private val hasError = onError == OnError.Struct
    private val predictor = new PartitionPredictor[InternalRow, InternalRow](
      Seq(description.spec),
      Settings.default.copy(onError = onError, runTimeout = Timeout),
      inputs.indices.map(at => InputColumn(at, depth(inputs(at)))),
      InternalRowReader,
      new InternalRowWriter(Seq(ResultDetail(hasError, version = None)))
    )
    private val unsafe = UnsafeProjection.create(inputs.map(columnType).toArray)
    private val goodRows = good.map { row =>
      val cells = row.cells.zip(inputs).map { case (cell, input) =>
        if (isFlat(input)) cell.flat else cell.nested
      }
      new GenericInternalRow(cells.toArray[Any])
    }
    private val known = answers()
    private val first = known.map(bits.of)

    private def depth(input: TensorSpec): Int =
      if (isFlat(input)) 1 else input.shape.inner.size

    private def columnType(input: TensorSpec): DataType = {
      val element = leaf(TensorTypes.resultType(input))
      val nested = (0 until depth(input)).foldLeft(element)((inner, _) => ArrayType(inner))
      TensorTypes.encodedType(nested, input)
        .fold(why => throw new IllegalArgumentException(why.found), identity)
    }

    def answers(): Vector[Any] = predictor.predict(goodRows.iterator).map(_.copy()).toVector
      .map(result => value(result).getOrElse(throw new IllegalStateException(reason(result))))

    def run(named: RowCase): RowsOutcome = {
      val random = new RandomRows(inputs, good, named.seed)
      val all = Vector.fill(named.size)(random.next(onError == OnError.Fail))
      val rows = named.rows.map(all)
      val outcome =
        try told(rows, predictor.predict(rows.iterator.map(asRow(named, _))).map(_.copy()).toVector)
        catch { case failed: Throwable => RowsOutcome.failed(rows.size, failed) }
      try {
        val again = answers().map(bits.of)
        val changed = again.indices.filter(at => again(at) != first(at))
        changed.headOption.fold(outcome)(at =>
          outcome.wrong(s"good row $at was ${first(at)}, and is ${again(at)} afterwards")
        )
      } catch { case failed: Throwable => outcome.wrong(s"good rows fail afterwards: $failed") }
    }

    private def asRow(named: RowCase, row: RandomRow): InternalRow = {
      val generic = new GenericInternalRow(row.values.toArray[Any])
      // Spark has rows of both kinds.
      if (named.seed / OnError.all.size % 2 == 0) unsafe(generic) else generic
    }

    private def told(rows: Seq[RandomRow], results: Vector[InternalRow]): RowsOutcome = {
      val values = results.map(value)
      val answered = values.count(_.isDefined)
      val nulls = rows.count(_.values.contains(null))
      val reasons = results.map(reason).filter(_.nonEmpty)
      val outcome =
        RowsOutcome(rows.size, answered, nulls, rows.size - answered - nulls, None, reasons)
      val spoiled = rows.zip(values).collectFirst {
        case (RandomRow(_, Some(at)), value) if !value.exists(bits.areClose(_, known(at))) => at
      }
      if (results.size != rows.size) outcome.wrong(s"${results.size} results for ${rows.size} rows")
      else
        spoiled.fold(outcome)(at => outcome.wrong(s"good row $at among others has another answer"))
    }

    private def value(result: InternalRow): Option[Any] = {
      val within = if (hasError) result.getStruct(0, 2) else result
      if (within.isNullAt(0)) None else Some(within.get(0, valueType))
    }

    // Empty if there is a result, or if no errors are requested.
    private def reason(result: InternalRow): String =
      if (!hasError || result.getStruct(0, 2).isNullAt(1)) ""
      else result.getStruct(0, 2).getUTF8String(1).toString

    override def close(): Unit = predictor.close()
  }
}

object FuzzedModel {
  // Timeout of a run in milliseconds, since rows may cause long loops.
  private val Timeout = 20000L

  /** Whether a row may have this input as one flat array. */
  def mayBeFlat(input: TensorSpec): Boolean =
    input.shape.inner.nonEmpty && input.shape.inner.forall(_ >= 0)

  private def leaf(column: DataType): DataType = column match {
    case ArrayType(element, _) => leaf(element)
    case other => other
  }
}
