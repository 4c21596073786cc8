package tfpredict.fuzz

import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._

import org.apache.spark.launcher.JavaModuleOptions

import tfpredict.TestModels
import tfpredict.savedmodel.fuzz.{Fence, FuzzedProcess, FuzzedProgram, Workers}

/**
 * Runs random rows through complete models, in processes that may crash: `sbtw "Test/runMain
 * tfpredict.fuzz.FuzzRows --rows 100000"`.
 *
 *   - `--rows N`: about this many rows, over all models
 *   - `--seed N`: another seed
 *   - `--model A,B`: only these models
 *   - `--case "jpegs 17 0,4"`: repeats one case, and prints its rows
 *   - `--document FILE`: the page to write
 */
object FuzzRows {

  def main(args: Array[String]): Unit = {
    val stated = args.grouped(2).collect { case Array(name, value) => name -> value }.toMap
    val folder = Files.createDirectories(Paths.get("build/fuzz-rows"))
    stated.get("--case") match {
      case Some(text) => again(RowCase.parse(text), folder)
      case None =>
        val models = stated.get("--model").fold(GoodRows.models)(_.split(',').toSeq)
        val rows = stated.getOrElse("--rows", "100000").toInt
        val seed = stated.getOrElse("--seed", "1").toInt
        val started = System.nanoTime
        val workers = stated.getOrElse("--workers", "2").toInt
        val results = pass(models, rows / models.size + 1, seed, folder, workers)
        val page = FuzzRowsPage(results, seed, (System.nanoTime - started) / 60000000000L)
        Files.write(folder.resolve("findings.tsv"), page.findings.asJava)
        Files.write(folder.resolve("reasons.tsv"), page.reasons.asJava)
        stated.get("--document").foreach(file => Files.write(Paths.get(file), page.lines.asJava))
        println(page.summary)
        if (page.findings.nonEmpty) sys.exit(1)
    }
  }

  def pass(
      models: Seq[String],
      budget: Int,
      seed: Int,
      folder: Path,
      workers: Int
  ): Seq[RowsResult] =
    Workers.each(models, workers)(Fence.all.map(start(folder, _))) { (processes, model) =>
      new RowFuzzer(processes, model, seed, budget).run()
    } { (result, done) =>
      println(
        s"${result.model}: ${result.rows} rows, ${result.answered} answered ($done of ${models.size})"
      )
    }.sortBy(_.model)

  /** Starts a child process that takes rows. */
  def start(folder: Path, fence: Fence = Fence.None): FuzzedProcess =
    new FuzzedProcess(folder, Seconds, fence, program)

  private val Seconds = 60L

  // Spark has many classes, and a row may be large.
  def program: FuzzedProgram = FuzzedProgram(
    "tfpredict.fuzz.FuzzRowsChild",
    heap = 384,
    addresses = 8000000,
    JavaModuleOptions.defaultModuleOptions.trim.split("\\s+").toSeq :+
      s"-Dtfpredict.models=${TestModels.made}"
  )

  private def again(named: RowCase, folder: Path): Unit = {
    ShownRows(named).foreach(println)
    (Fence.None +: Fence.all).distinct.foreach { fence =>
      val process = start(folder, fence)
      try {
        val said = process.ask(named.toString)
        println(s"$fence: ${said.fold(_.toString, RowsOutcome.parse(_).toString)}")
      } finally process.close()
    }
  }
}
