package tfpredict

import scala.collection.mutable
import scala.sys.process.{Process, ProcessLogger}
import scala.util.Random

import org.apache.spark.sql.SparkSession
import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, DataType}

import tfpredict.TinyModels._

/** Tests with too little memory, in separate processes. */
class MemorySuite extends AnyFunSuite {

  // Returns the program's output, or its error if it does not end normally.
  private def run(limit: String, options: Seq[String], program: String, arguments: String*) = {
    val command = ChildJvm.command(options, program, arguments: _*)
    val lines = mutable.Buffer.empty[String]
    val shell = Seq("bash", "-c", s"""$limit exec "$$@"""", "bash") ++ command
    val status = Process(shell).!(ProcessLogger(line => lines += line, line => lines += line))
    assert(status == 0, lines.takeRight(40).mkString("\n"))
    lines.filter(_.startsWith("found ")).toSeq
  }

  test("a batch for which the runtime has no memory is halved") {
    // 40 MB for each row, between two ops.
    val model = write(
      Seq(Tensor("x", "x:0", DataType.DT_FLOAT, -1)),
      Seq(Tensor("y", "y:0", DataType.DT_FLOAT, -1)),
      Seq(
        placeholder("x", DataType.DT_FLOAT, -1),
        scalar("one", 1),
        ints("times", 1, 10000000),
        node("ExpandDims", "column", "x", "one")(
          "T" -> kind(DataType.DT_FLOAT),
          "Tdim" -> kind(DataType.DT_INT32)
        ),
        node("Tile", "wide", "column", "times")(
          "T" -> kind(DataType.DT_FLOAT),
          "Tmultiples" -> kind(DataType.DT_INT32)
        ),
        node("Max", "y", "wide", "one")(
          "T" -> kind(DataType.DT_FLOAT),
          "Tidx" -> kind(DataType.DT_INT32)
        )
      )
    )
    val found = run("ulimit -v 7000000;", Seq("-Xmx512m"), "tfpredict.RunRows", model.path, "150")
    assert(found == Seq("found 150 right"))
  }

  test("a row for which the graph needs too much memory is an error, and the JVM survives") {
    val float = "T" -> kind(DataType.DT_FLOAT)
    // Creates as many ones as the row says, and sums them.
    val model = of(
      DataType.DT_FLOAT,
      placeholder("x", DataType.DT_FLOAT, -1),
      ints("rows", 0),
      node("Max", "most", "x", "rows")(float, "Tidx" -> kind(DataType.DT_INT32)),
      node("Cast", "count", "most")(
        "SrcT" -> kind(DataType.DT_FLOAT),
        "DstT" -> kind(DataType.DT_INT64)
      ),
      node("Pack", "shape", "count")(
        "T" -> kind(DataType.DT_INT64),
        "N" -> AttrValue.newBuilder.setI(1).build
      ),
      TinyModels.float("one", 1),
      node("Fill", "ones", "shape", "one")(float, "index_type" -> kind(DataType.DT_INT64)),
      node("Sum", "total", "ones", "rows")(float, "Tidx" -> kind(DataType.DT_INT32)),
      node("Minimum", "y", "x", "total")(float)
    )
    val found =
      run("ulimit -v 7000000;", Seq("-Xmx512m"), "tfpredict.RunBlownUp", model.path, "2e9", "1e15")
    assert(found.size == 4)
    assert(found.head.contains("Expected: memory for a batch of [1]"), found)
    assert(found.head.contains("memoryOverhead"), found)
    assert(found.head.contains("[TFPREDICT_OUT_OF_MEMORY]"), found)
    // More elements than a tensor can count. A check before the op reports it.
    assert(found(2).contains("Expected: a row that signature serving_default can run"), found)
    for (index <- Seq(0, 2)) {
      assert(found(index).contains(model.path), found)
      assert(found(index + 1) == "found 5.0")
    }
  }

  test("thousands of shapes take no more memory than one") {
    val model = write(
      Seq(Tensor("x", "x:0", DataType.DT_FLOAT, -1, -1)),
      Seq(Tensor("y", "y:0", DataType.DT_FLOAT, -1)),
      Seq(
        placeholder("x", DataType.DT_FLOAT, -1, -1),
        scalar("one", 1),
        node("Sum", "y", "x", "one")(
          "T" -> kind(DataType.DT_FLOAT),
          "Tidx" -> kind(DataType.DT_INT32)
        )
      )
    )
    val found = run("", Seq("-Xmx1g") ++ spark, "tfpredict.RunLengths", model.path)
    assert(found == Seq("found 6000 right"))
  }

  test("a value too large for the heap is an error with its size, and the JVM survives") {
    val model = of(
      DataType.DT_STRING,
      placeholder("x", DataType.DT_STRING, -1),
      node("Identity", "y", "x")("T" -> kind(DataType.DT_STRING))
    )
    val found = run("", Seq("-Xmx1g") ++ spark, "tfpredict.RunString", model.path)
    assert(found.size == 2)
    assert(found.head.contains("InputException") && found.head.contains("2000000"), found)
    assert(found.head.contains("[TFPREDICT_INPUT_SIZE]"), found)
    assert(found.last == "found short")
  }

  private def spark: Seq[String] =
    org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions().split(" ").toSeq
}

/** Prints whether a model that copies numbers does so. */
object RunRows {
  def main(arguments: Array[String]): Unit = {
    val model = LocalModel.load(ModelSpec(arguments(0)))
    val rows = Array.tabulate(arguments(1).toInt)(row => Array(row.toFloat))
    val right = model.run(rows).zip(rows).count { case (a, b) => a.sameElements(b) }
    model.close()
    println(s"found $right right")
  }
}

/** Prints why some rows have no result, and then the model's next result. */
object RunBlownUp {
  def main(arguments: Array[String]): Unit = {
    val model = LocalModel.load(ModelSpec(arguments.head))
    for (row <- arguments.tail) {
      val why =
        try model.run(Array(Array(row.toFloat))).map(_.mkString).mkString
        catch { case failed: TfpredictException => failed.getMessage.replace('\n', ' ') }
      println(s"found $why")
      println(s"found ${model.run(Array(Array(5f))).head.head}")
    }
    model.close()
  }
}

private object LocalSpark {
  def session(): SparkSession =
    SparkSession.builder().master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
}

/** Sums rows of 6,000 lengths, in no order. */
object RunLengths {
  def main(arguments: Array[String]): Unit = {
    val spark = LocalSpark.session()
    Tfpredict.register(spark, ModelSpec(arguments(0)), "total")
    val lengths = new Random(1).shuffle((1 to 6000).toList).map(number => 10 + 3 * number)
    import spark.implicits._
    val right = spark
      .createDataset(lengths)
      .coalesce(1)
      .selectExpr("value", "total(array_repeat(1f, value)) AS y")
      .where("y = value")
      .count()
    println(s"found $right right")
    spark.stop()
  }
}

/** A string that fits in the heap only once, and a short one. */
object RunString {
  def main(arguments: Array[String]): Unit = {
    val spark = LocalSpark.session()
    Tfpredict.register(spark, ModelSpec(arguments(0)), "same")
    def answer(text: String): String =
      spark.range(1).selectExpr(s"same($text) AS y").selectExpr("left(y, 10)").head().getString(0)
    val why =
      try answer("repeat('x', 200000000 + int(id))")
      catch { case failed: Exception => failed.toString.replace('\n', ' ') }
    println(s"found $why")
    println(s"found ${answer("concat('sh', 'ort', substr(string(id), 2))")}")
    spark.stop()
  }
}
