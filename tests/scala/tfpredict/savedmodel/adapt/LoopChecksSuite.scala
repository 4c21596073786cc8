package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{DataType, FunctionDef, NodeDef, SavedModel}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.TinyModels._
import tfpredict.savedmodel.store.ModelStore
import tfpredict.{LoopModels, ModelSpec, Settings, TestModels}

/** RunTimeoutSuite and CancelledRunsSuite test these checks in the runtime. */
class LoopChecksSuite extends AnyFunSuite {

  private def adapted(spec: ModelSpec): SavedModel = {
    val resolved = ModelStore.resolve(spec)
    ModelStore.use(resolved, Settings.default) { directory =>
      Adapter.adapt(resolved, PreparedGraph.read(resolved, directory))
    }
  }

  private def nodes(model: SavedModel): Seq[NodeDef] = {
    val graph = model.getMetaGraphs(0).getGraphDef
    graph.getNodeList.asScala.toSeq ++
      graph.getLibrary.getFunctionList.asScala.flatMap(_.getNodeDefList.asScala)
  }

  test("a condition in the graph, and in a function, passes a check that prints nothing") {
    val cond = node("LoopCond", "a/cond", "b:1")()
    val Seq(check, checked) = LoopChecks.of(cond)
    assert(check.getOp == "Print" && check.getInputList.asScala == Seq("b:1"))
    assert(check.getAttrOrThrow("T").getType == DataType.DT_BOOL)
    assert(check.getAttrOrThrow("first_n").getI == 0)
    assert(checked.getName == "a/cond" && checked.getInputList.asScala == Seq(check.getName))

    val function = FunctionDef.newBuilder.addNodeDef(cond.toBuilder.setInput(0, "b:z:0")).build
    val found = LoopChecks.of(function, isCondition = false).getNodeDefList.asScala
    assert(found.head.getInput(0) == "b:z:0")
    assert(found.last.getInput(0) == s"${found.head.getName}:output:0")
  }

  test("a function that decides on a loop checks its result, of any dtype") {
    val built = FunctionDef.newBuilder
    val signature = built.getSignatureBuilder.setName("goes_on")
    signature.addInputArgBuilder.setName("x").setType(DataType.DT_FLOAT)
    signature.addOutputArgBuilder.setName("go").setType(DataType.DT_FLOAT)
    val function = built.putRet("go", "x").build
    assert(LoopChecks.of(function, isCondition = false) == function)
    val found = LoopChecks.of(function, isCondition = true)
    val Seq(check) = found.getNodeDefList.asScala.toSeq
    assert(check.getInputList.asScala == Seq("x"))
    assert(check.getAttrOrThrow("T").getType == DataType.DT_FLOAT)
    assert(found.getRetOrThrow("go") == s"${check.getName}:output:0")
  }

  test("each loop of a model has a check, and other models have none") {
    for ((kind, model) <- LoopModels.All ++ LoopModels.Endless)
      assert(nodes(adapted(model())).count(_.getOp == "Print") == 1, kind)
    val lstm = nodes(adapted(TestModels.spec("lstm")))
    assert(lstm.exists(_.getOp == "Print"))
    assert(!nodes(adapted(TestModels.spec("linear"))).exists(_.getOp == "Print"))
  }
}
