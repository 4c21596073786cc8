package tfpredict.savedmodel.adapt

import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._

import tfpredict.RuntimeCatalog.catalog
import tfpredict.engine.OpClass
import tfpredict.savedmodel.adapt.rules.NodeRule

/**
 * Writes `docs/ops.md`, the status of each op of the runtime, from the tables that decide it:
 * `sbtw "Test/runMain tfpredict.savedmodel.adapt.OpsPage"`.
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
    s"The status of each of the ${catalog.classes.all.size} ops of TensorFlow 1.15.",
    "`./sbtw \"Test/runMain tfpredict.savedmodel.adapt.OpsPage\"` writes this page from the tables of the engine.",
    "`OpsPageSuite` compares the two. [Security](security.md) explains the classes. `make fuzz-ops` tests each op that may run.",
    "",
    "| status | ops |",
    "|---|---|"
  ) ++ counts.map { case (what, count) => s"| $what | $count |" } ++ Seq(
    "",
    "- **runs**: the op runs unchanged.",
    "- **rejected**: a model with the op is rejected at registration, unless `spark.tfpredict.ops.allowed` names the op.",
    "- **checked**: checks run before the op. A row that fails one is rejected. A model is rejected at registration if",
    "  one of its constants fails one.",
    "- **some values rejected**: a model is rejected if the op's attributes have values that no layer writes.",
    "- **rewritten**: other ops replace the op where its kernel lacks a feature of newer models.",
    "- **unsupported**: the runtime has the op, but no CPU kernel for it. A model with the op is rejected.",
    "",
    "| op | class | status | reason or conditions |",
    "|---|---|---|---|"
  ) ++ entries.map { case (op, group, status, why) =>
    s"| $op | `${group.word}` | ${status.mkString(", ")} | $why |"
  }

  private lazy val entries: Seq[(String, OpClass.Group, Seq[String], String)] =
    catalog.classes.all.toSeq.sortBy(_._1).map { case (op, found) =>
      (op, found.group, status(op, found.group), why(op, found))
    }

  private def status(op: String, group: OpClass.Group): Seq[String] = group match {
    case OpClass.Asset => Seq("runs on the model's own assets")
    case OpClass.Restore => Seq("runs on the model's own checkpoint")
    case OpClass.Pure | OpClass.State if !catalog.kernels.has(op) && NodeRule.of(op).isEmpty =>
      Seq("unsupported")
    case OpClass.Pure | OpClass.State =>
      val more = Seq(
        "checked" -> catalog.guards.contains(op),
        "some values rejected" -> ForbiddenOps.looksAtValues(op),
        "rewritten" -> NodeRule.of(op).nonEmpty
      ).collect { case (what, true) => what }
      if (more.isEmpty) Seq("runs") else more
    case _ => Seq("rejected")
  }

  private def why(op: String, found: OpClass): String = found.does.getOrElse(
    catalog.guards.getOrElse(op, Nil).map(words => s"`$words`").mkString(", ")
  )

  private def counts: Seq[(String, Int)] =
    entries.flatMap(_._3).groupBy(identity).mapValues(_.size).toSeq
      .sortBy { case (what, count) => (-count, what) }
}
