package tfpredict.engine

import java.nio.file.{Files, Paths}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.TensorFlow
import org.tensorflow.framework.OpList

import tfpredict.RuntimeCatalog.catalog

class OpClassesSuite extends AnyFunSuite {
  import OpClass._

  private val runtime = OpList.parseFrom(TensorFlow.registeredOpList()).getOpList.asScala

  test("every op of the runtime has a class") {
    val unclassified = runtime.map(_.getName).filterNot(catalog.classes.all.contains)
    assert(unclassified.isEmpty)
  }

  test("every op of the table is one of the runtime's") {
    assert((catalog.classes.all.keySet -- runtime.map(_.getName)).isEmpty)
  }

  test("no op that the runtime says is stateful is pure") {
    val pure = runtime.filter(_.getIsStateful).map(_.getName)
      .filter(catalog.classes.all(_).group == Pure)
    assert(pure.isEmpty)
  }

  test("the ops of each class have the fields that it needs") {
    val kinds = Set("random", "read", "write", "table", "table-write", "iterator") ++
      Set("iterator-write", "queue", "queue-write", "calls", "run", "other")
    catalog.classes.all.foreach { case (op, found) =>
      found.group match {
        case Pure => assert(found.kind.isEmpty && found.does.isEmpty, op)
        case State => assert(found.kind.exists(kinds) && found.does.isEmpty, op)
        case _ => assert(found.kind.forall(kinds) && found.does.exists(_.contains(' ')), op)
      }
    }
  }

  test("ops of each class are found by name, and an op that the runtime lacks is not") {
    assert(catalog.classes.of("MatMul").contains(OpClass(Pure, None, None)))
    assert(catalog.classes.of("ReadVariableOp").contains(OpClass(State, Some("read"), None)))
    assert(catalog.classes.of("InitializeTableFromTextFileV2").map(_.group).contains(Asset))
    assert(catalog.classes.of("RestoreV2").map(_.group).contains(Restore))
    assert(catalog.classes.of("WriteFile").flatMap(_.does).contains(
      "writes a file that its input names"
    ))
    assert(catalog.classes.of("DatasetFromGraph").map(_.group).contains(Program))
    assert(catalog.classes.of("FixedUnigramCandidateSampler").map(_.group).contains(Ends))
    assert(catalog.classes.of("DenseBincount").isEmpty)
  }

  test("the page has the number of ops of each class") {
    val page = Files.readAllLines(Paths.get("docs/security.md")).asScala
    val told = page.map(_.split('|').map(_.trim)).collect {
      case Array("", word, count, _, verdict, _*) if word.matches("`\\w+`") =>
        (word.drop(1).dropRight(1), count, verdict)
    }
    val runs = Set[Group](Pure, State, Asset, Restore)
    val counts = catalog.classes.all.values.groupBy(_.group).mapValues(_.size)
    assert(told == Groups.map { group =>
      (group.word, counts(group).toString, if (runs(group)) "run" else "refused")
    })
  }

  test("an invalid line and a duplicate op are reported") {
    def fault(lines: String*) =
      intercept[IllegalArgumentException](OpClasses.read(lines)).getMessage
    assert(fault("MatMul\tclean").contains("a line that is no entry: MatMul\tclean"))
    assert(fault("MatMul").contains("no entry"))
    assert(fault("MatMul\tpure", "MatMul\tstate\tread").contains("name MatMul twice"))
    assert(OpClasses.read(Seq("# words", "", "MatMul\tpure")).all.size == 1)
  }
}
