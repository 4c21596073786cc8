package tfpredict.savedmodel.adapt

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{MetaGraphDef, SavedModel}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{LocalModel, ModelLoadException, ModelSpec, TestModels}

class ObjectRestoresSuite extends AnyFunSuite {

  private def edited(root: Path)(change: MetaGraphDef.Builder => Unit): ModelSpec = {
    val file = root.resolve("1/saved_model.pb")
    val saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder
    change(saved.getMetaGraphsBuilder(0))
    Files.write(file, saved.build().toByteArray)
    ModelSpec(root.toString)
  }

  // As Keras 3 leaves it to Python: the saver restores no variable that serves.
  private def withoutRestore(builder: MetaGraphDef.Builder): Unit = {
    val restore = builder.getSaverDef.getRestoreOpName
    builder.getGraphDefBuilder.getNodeBuilderList.asScala
      .filter(_.getName == restore)
      .foreach(_.setOp("NoOp").clearInput().clearAttr())
  }

  private def answers(spec: ModelSpec, rows: Array[Array[Float]]): Seq[Seq[Float]] = {
    val model = LocalModel.load(spec)
    try model.run(rows).map(_.toSeq).toSeq
    finally model.close()
  }

  test("variables that the saver does not restore get the checkpoint's values") {
    val rows = TestModels.random(3, rows = 5, length = 2)
    val expected = answers(TestModels.spec("linear"), rows)
    assert(answers(edited(TestModels.bare("linear"))(withoutRestore), rows) == expected)
  }

  test("a graph whose saver restores all variables stays unchanged") {
    val spec = TestModels.spec("linear")
    val saved = SavedModelFile.read(spec, TestModels.made.resolve("linear/1"))
    val graph = saved.getMetaGraphs(0)
    assert(ObjectRestores.translated(graph) eq graph)
  }

  test("nothing is guessed if the object graph is missing") {
    val spec = edited(TestModels.bare("linear")) { builder =>
      withoutRestore(builder)
      builder.clearObjectGraphDef()
      ()
    }
    val refused = intercept[ModelLoadException](LocalModel.load(spec))
    assert(refused.found.matches("2 that nothing restores: .+"))
    assert(refused.fix.endsWith(s"tfpredict export ${spec.path}/1 NEW_FOLDER"))
  }

  test("a value that does not fit its variable is refused") {
    val root = TestModels.bare("linear")
    val spec = edited(root) { builder =>
      withoutRestore(builder)
      val nodes = builder.getGraphDefBuilder.getNodeBuilderList.asScala
      // The checkpoint keeps the old shapes.
      val wider = builder.getObjectGraphDefBuilder.getNodesBuilderList.asScala
        .filter(_.hasVariable)
        .map(_.getVariableBuilder)
        .filter(_.getShape.getDimCount == 2)
      wider.foreach(_.getShapeBuilder.getDimBuilder(0).setSize(3))
      nodes
        .filter(node =>
          node.getOp == "VarHandleOp" && wider.exists(v => node.getName.startsWith(v.getName))
        )
        .foreach { node =>
          val shape = node.getAttrOrThrow("shape").toBuilder
          shape.getShapeBuilder.getDimBuilder(0).setSize(3)
          node.putAttr("shape", shape.build())
        }
    }
    val refused = intercept[ModelLoadException](LocalModel.load(spec))
    assert(refused.expected.matches("a value of float32\\[3, 1\\] for the variable .+"))
    assert(refused.found.matches(".+VARIABLE_VALUE of float32\\[2, 1\\] in the checkpoint"))
  }
}
