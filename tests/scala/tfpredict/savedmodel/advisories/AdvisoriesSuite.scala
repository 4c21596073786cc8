package tfpredict.savedmodel.advisories

import java.nio.file.{Files, Paths}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.RuntimeCatalog.catalog
import tfpredict.engine.OpClass
import tfpredict.savedmodel.adapt.ForbiddenOps
import tfpredict.savedmodel.fuzz.Fence

/** Every published advisory has a verdict, which matches the runtime and the table of ops. */
class AdvisoriesSuite extends AnyFunSuite {
  private val folder = Paths.get("tests/security")
  private val cases = OpCase.all(folder.resolve("cases.txt"))

  private val advisories = Files
    .readAllLines(folder.resolve("advisories.tsv"))
    .asScala
    .filterNot(_.startsWith("#"))
    .map { line =>
      val Array(id, cve, fault, ops, _, verdict, evidence) = line.split("\t", -1)
      Advisory(id, cve, fault, ops.split(' ').filter(_ != "-").toSeq, verdict, evidence)
    }

  private val verdicts = Set("refused", "harmless", "guarded", "partly refused", "no kernel") ++
    Set("no op of 1.15", "not in the runtime", "fixed before 1.15", "looked at before") +
    "cannot be reached" + "open"

  private def isRefused(op: String): Boolean = catalog.classes.of(op).exists { found =>
    found.group != OpClass.Pure && found.group != OpClass.State
  }

  /** Whether a model with the case is refused, for an op or an attribute's value. */
  private def isRefused(test: OpCase): Boolean =
    test.nodes.nonEmpty &&
      {
        val graph = new CaseGraph(test, hidden = false)
        graph.nodes.exists(ForbiddenOps.reason(_).isDefined) || graph.isMisplaced
      }

  test("every advisory is there once, with a verdict and its reason") {
    assert(advisories.size >= 434)
    assert(advisories.map(_.id).distinct.size == advisories.size)
    for (advisory <- advisories) {
      assert(verdicts(advisory.verdict), advisory)
      assert(advisory.cve.startsWith("CVE-") && advisory.fault.nonEmpty, advisory)
      assert(advisory.evidence.nonEmpty, advisory)
      assert(advisory.ops.forall(catalog.classes.of(_).isDefined), advisory)
    }
  }

  test("cases with the verdict refused are refused by the table of ops") {
    for (advisory <- advisories) {
      val refused = advisory.ops.filter(isRefused(_: String))
      advisory.verdict match {
        case "refused" => assert(refused == advisory.ops, advisory)
        case "partly refused" => assert(refused.nonEmpty && refused != advisory.ops, advisory)
        case "harmless" | "guarded" => assert(refused.isEmpty, advisory)
        case _ =>
      }
    }
  }

  test("harmless and guarded advisories have cases, and each case has an advisory") {
    val tried = cases.flatMap(_.advisories).toSet
    assert((tried -- advisories.map(_.id)).isEmpty)
    for (advisory <- advisories if Set("harmless", "guarded", "partly refused")(advisory.verdict))
      assert(tried(advisory.id), advisory)
    val guarded = cases
      .filter(test => test.nodes.nonEmpty)
      .filter(test =>
        test.nodes.exists(node => catalog.guards.contains(node.op)) ||
          new CaseGraph(test, hidden = false).refusal.isDefined
      )
      .flatMap(_.advisories)
      .toSet
    for (advisory <- advisories if advisory.verdict == "guarded")
      assert(guarded(advisory.id), advisory)
  }

  test("an advisory is open exactly if a case crashes its process and nothing refuses it") {
    val open = advisories.filter(_.verdict == "open").map(_.id).toSet
    assert(open == cases.filter(_.dies).flatMap(_.advisories).toSet)
  }

  for (fence <- Fence.all) test(s"no other case that may run ends its process, with $fence") {
    val (refused, run) = cases.partition(isRefused)
    assert(refused.size > 100 && run.size > 200)
    assert(!refused.exists(_.dies))
    val died = CasesApart.run(run.filterNot(_.dies), fence).collect {
      case (test, said) if !Seq("answers", "error: ", "refused: ").exists(said.startsWith) => test
    }
    assert(died.isEmpty, died.distinct.map(_.line).mkString("\n"))
  }
}

/** A line of `advisories.tsv`. */
final private case class Advisory(
    id: String,
    cve: String,
    fault: String,
    ops: Seq[String],
    verdict: String,
    evidence: String
)
