package tfpredict.fuzz

import org.apache.spark.sql.catalyst.util.ArrayData
import org.apache.spark.unsafe.types.UTF8String

import tfpredict.model.ModelDescription
import tfpredict.{OnError, TestModels}

/** Formats a case's rows, to find the cause of a failure. */
object ShownRows {

  def apply(named: RowCase): Seq[String] = {
    val signature = ModelDescription.of(TestModels.spec(s"fuzzed/${named.model}")).signature
    val good = GoodRows.of(named.model, signature)
    val random = new RandomRows(signature.inputs, good, named.seed)
    val all = Vector.fill(named.size)(random.next(named.onError == OnError.Fail))
    s"on_error ${named.onError}" +: named.rows.flatMap { at =>
      all(at).values.zip(signature.inputs).map { case (value, input) =>
        s"row $at, ${input.describe}: ${show(value).take(4000)}"
      }
    }
  }

  private def show(value: Any): String = value match {
    case array: ArrayData =>
      val some = array.array.take(40).map(show).mkString("[", ", ", "")
      some + (if (array.numElements() > 40) s", ... of ${array.numElements()}]" else "]")
    case text: UTF8String =>
      val bytes = text.getBytes
      s"${bytes.length} bytes ${bytes.take(1500).map(byte => f"$byte%02x").mkString}"
    case other => String.valueOf(other)
  }
}
