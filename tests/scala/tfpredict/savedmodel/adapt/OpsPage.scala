package tfpredict.savedmodel.adapt

import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._

import tfpredict.RuntimeCatalog.catalog
import tfpredict.engine.OpClass
import tfpredict.savedmodel.adapt.rules.NodeRule

/**
 * Writes `docs/ops.md`, which says of each op of the runtime what is done with it, from the tables
 * that decide it: `sbtw "Test/runMain tfpredict.savedmodel.adapt.OpsPage"`.
 */
object OpsPage {
  val File: Path = Paths.get("docs/ops.md")

  def main(args: Array[String]): Unit = {
    Files.write(File, lines.asJava)
    ()
  }

  def lines: Seq[String] = Seq(
    "# Ops, one by one",
    "",
    s"What is done with each of the ${catalog.classes.all.size} ops of TensorFlow 1.15, written by",
    "`./sbtw \"Test/runMain tfpredict.savedmodel.adapt.OpsPage\"` from the tables that decide it; `OpsPageSuite` compares them.",
    "[Security](security.md) says what the classes are for; `make fuzz-ops` tries each op that may run.",
    "",
    "| what is done | ops |",
    "|---|---|"
  ) ++ counts.map { case (what, count) => s"| $what | $count |" } ++ Seq(
    "",
    "- **run**: the op runs as it is.",
    "- **refused**: a model with the op is refused when it is registered, unless `spark.tfpredict.ops.allowed` names it.",
    "- **checked**: the model runs, with checks before the op. A row that breaks one is an error; a constant that",
    "  breaks one is refused when the model is registered.",
    "- **some values refused**: with values of its attributes that no layer writes, the model is refused.",
    "- **rewritten**: other ops take its place where its kernel lacks what newer models ask of it.",
    "- **no kernel**: the runtime has the op, and nothing that runs it on a CPU; a model with it is refused.",
    "",
    "| op | class | what is done | |",
    "|---|---|---|---|"
  ) ++ entries.map { case (op, group, done, why) =>
    s"| $op | `${group.word}` | ${done.mkString(", ")} | $why |"
  }

  private lazy val entries: Seq[(String, OpClass.Group, Seq[String], String)] =
    catalog.classes.all.toSeq.sortBy(_._1).map { case (op, found) =>
      (op, found.group, done(op, found.group), why(op, found))
    }

  private def done(op: String, group: OpClass.Group): Seq[String] = group match {
    case OpClass.Asset => Seq("run on the model's own assets")
    case OpClass.Restore => Seq("run on the model's own checkpoint")
    case OpClass.Pure | OpClass.State if !catalog.kernels.has(op) && NodeRule.of(op).isEmpty =>
      Seq("no kernel")
    case OpClass.Pure | OpClass.State =>
      val more = Seq(
        "checked" -> catalog.guards.contains(op),
        "some values refused" -> ForbiddenOps.looksAtValues(op),
        "rewritten" -> NodeRule.of(op).nonEmpty
      ).collect { case (what, true) => what }
      if (more.isEmpty) Seq("run") else more
    case _ => Seq("refused")
  }

  private def why(op: String, found: OpClass): String = found.does.getOrElse(
    catalog.guards.getOrElse(op, Nil).map(words => s"`$words`").mkString(", ")
  )

  private def counts: Seq[(String, Int)] =
    entries.flatMap(_._3).groupBy(identity).mapValues(_.size).toSeq
      .sortBy { case (what, count) => (-count, what) }
}
