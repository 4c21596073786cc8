package tfpredict.savedmodel.fuzz

import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.ForbiddenOps

/**
 * Runs random cases of every op that a model may have, in processes that may crash: `sbtw
 * "Test/runMain tfpredict.savedmodel.fuzz.FuzzOps --runs 200000"`.
 *
 *   - `--runs N`: about this many cases, over all ops
 *   - `--seed N`: another seed
 *   - `--op A,B`: only these ops
 *   - `--case "Op 1.2.3"`: repeats one case, and prints its graph
 *   - `--document FILE`: the page to write
 */
object FuzzOps {

  def main(args: Array[String]): Unit = {
    val stated = args.grouped(2).collect { case Array(name, value) => name -> value }.toMap
    val folder = Files.createDirectories(Paths.get("build/fuzz-ops"))
    stated.get("--case") match {
      case Some(text) => again(FuzzedCase.parse(text), folder)
      case None =>
        val ops = stated.get("--op").fold(all)(_.split(',').toSeq)
        val runs = stated.getOrElse("--runs", "200000").toInt
        val seed = stated.getOrElse("--seed", "1").toInt
        val started = System.nanoTime
        val results =
          pass(ops, runs / ops.size + 1, seed, folder, stated.getOrElse("--workers", "2").toInt)
        val minutes = (System.nanoTime - started) / 60000000000L
        val page = FuzzOpsPage(results, seed, minutes)
        Files.write(folder.resolve("findings.tsv"), page.findings.asJava)
        stated.get("--document").foreach(file => Files.write(Paths.get(file), page.lines.asJava))
        println(page.summary)
        if (results.exists(_.findings.nonEmpty)) sys.exit(1)
    }
  }

  /** The ops that a model may have in some form, and that have a CPU kernel. */
  lazy val all: Seq[String] = OpCase.ops.keys.toSeq.sorted.filter { op =>
    val node = NodeDef.newBuilder().setOp(op).build()
    ForbiddenOps.reason(node).isEmpty && catalog.kernels.has(op)
  }

  def pass(ops: Seq[String], budget: Int, seed: Int, folder: Path, workers: Int): Seq[OpResult] =
    Workers.each(ops, workers)(Fence.all.map(new FuzzedProcess(folder, seconds = 10, _))) {
      (processes, op) => new OpFuzzer(processes, op, seed, budget, maxFindings = 3).run()
    } { (result, done) =>
      result.findings.foreach(finding =>
        println(s"${finding.named}\t${finding.outcome}\t${finding.isAlone}")
      )
      if (done % 50 == 0) println(s"$done of ${ops.size} ops")
    }.sortBy(_.op)

  private def again(named: FuzzedCase, folder: Path): Unit = {
    val made = OpCase.of(OpCase.ops(named.op), named.lineage)
    made.attributes.foreach { case (name, value) =>
      println(s"$name: ${value.toString.replace('\n', ' ')}")
    }
    made.arguments.zip(made.inputs).foreach { case ((argument, dtype), input) =>
      println(
        s"${argument.getName} $dtype $input ${input.values.tensor(dtype, input.dims).toString.replace('\n', ' ').take(300)}"
      )
    }
    Fence.all.foreach { fence =>
      val process = new FuzzedProcess(folder, seconds = 30, fence)
      try println(s"$fence: ${process.run(named)}")
      finally process.close()
    }
  }
}
