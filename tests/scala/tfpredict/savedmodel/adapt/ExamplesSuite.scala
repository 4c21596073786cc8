package tfpredict.savedmodel.adapt

import java.io.ByteArrayOutputStream

import tfpredict.examples.{TfDataFrame, TfDriver, TfRDD}
import tfpredict.{SparkSuite, TestModels}

/** The example programs print the walk-through's numbers, within 1e-5. */
class ExamplesSuite extends SparkSuite {
  private val path = TestModels.made.resolve("linear").toString

  private def printed(main: Array[String] => Unit): String = {
    val out = new ByteArrayOutputStream
    Console.withOut(out)(main(Array(path)))
    out.toString("UTF-8")
  }

  private def arrays(text: String): Array[Array[Float]] =
    """Array\(([-\d.E]+)\)""".r.findAllMatchIn(text).map(m => Array(m.group(1).toFloat)).toArray

  test("TfDriver") {
    val text = printed(TfDriver.main)
    assert(text.trim.matches("""Array\(Array\([\d.]+\), Array\([\d.]+\)\)"""))
    assertClose(arrays(text), Array(Array(3.019596f), Array(3.9878292f)))
  }

  test("TfRDD") {
    spark // the program uses the existing session
    val expected = Array(3.019596f, 3.9264367f, 7.8607616f, 15.974984f)
    assertClose(arrays(printed(TfRDD.main)), expected.map(Array(_)))
  }

  test("TfDataFrame") {
    spark
    val lines = printed(TfDataFrame.main).split("\n").toSeq
    assert(lines.take(7) == Seq(
      "+----------+",
      "|  features|",
      "+----------+",
      "|[1.0, 2.0]|",
      "|[3.0, 5.0]|",
      "|[7.0, 8.0]|",
      "+----------+"
    ))
    val table = lines.drop(8)
    assert(table.slice(1, 2).head.replace(" ", "") == "|features|y_preds|")
    val numbers = table.slice(3, 6).map(_.split('|')(2).trim.toFloat)
    assertClose(
      numbers.map(Array(_)).toArray,
      Array(3.019596f, 3.9264367f, 8.828995f).map(Array(_))
    )
  }

  test("a wrong number of arguments prints the usage") {
    for (main <- Seq[Array[String] => Unit](TfDriver.main, TfRDD.main, TfDataFrame.main)) {
      val refused = intercept[IllegalArgumentException](main(Array.empty))
      assert(refused.getMessage.startsWith("usage: Tf"))
    }
  }
}
