package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.SavedModel

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.store.ModelStore
import tfpredict.{LoopModels, ModelSpec, Settings, TestModels}

class EndlessOpsSuite extends AnyFunSuite {

  private def adapted(spec: ModelSpec): SavedModel = {
    val resolved = ModelStore.resolve(spec)
    ModelStore.use(resolved, Settings.default) { directory =>
      Adapter.adapt(resolved, PreparedGraph.read(resolved, directory))
    }
  }

  test("loops are found, in functions too") {
    for ((kind, model) <- LoopModels.All) assert(EndlessOps.isIn(adapted(model())), kind)
    assert(EndlessOps.isIn(adapted(TestModels.spec("lstm"))))
  }

  test("a model without loops has none") {
    for (name <- Seq("linear", "images")) assert(!EndlessOps.isIn(adapted(TestModels.spec(name))))
  }
}
