package tfpredict.savedmodel.adapt

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{
  CollectionDef,
  MetaGraphDef,
  NodeDef,
  SavedModel
}

import tfpredict.model.{ModelDescription, ModelInspector}
import tfpredict.{ModelSpec, TestModels, TinyModels, UnsupportedModelException}

class LoadingFilesSuite extends AnyFunSuite {

  private def changed(model: String)(change: MetaGraphDef.Builder => Unit): ModelSpec = {
    val root: Path = TestModels.bare(model)
    val file = root.resolve("1/saved_model.pb")
    val saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder
    change(saved.getMetaGraphsBuilder(0))
    Files.write(file, saved.build().toByteArray)
    ModelSpec(root.toString)
  }

  private def refused(spec: ModelSpec, found: String): Unit = {
    val message = intercept[UnsupportedModelException](ModelDescription.of(spec))
    assert(message.found.contains(found), message)
    val told = ModelInspector.inspect(spec).signatures.flatMap(_.refusals)
    assert(told.exists(_.contains(found)), told)
  }

  private def nodes(graph: MetaGraphDef.Builder, op: String): Seq[NodeDef.Builder] =
    graph.getGraphDefBuilder.getNodeBuilderList.asScala.toSeq.filter(_.getOp == op) ++
      graph.getGraphDefBuilder.getLibraryBuilder.getFunctionBuilderList.asScala
        .flatMap(_.getNodeDefBuilderList.asScala)
        .filter(_.getOp == op)

  test("an asset's name stays in the folder assets") {
    for (name <- Seq("../../secret", "/etc/hostname", "..", "", ".", "a/../../b", "a\u0000b")) {
      val spec = changed("lookup")(_.getAssetFileDefBuilder(0).setFilename(name))
      refused(spec, s"the asset $name")
    }
  }

  test("a table reads an asset's own tensor, not another output of its node") {
    val spec = changed("lookup") { graph =>
      val tensor = graph.getAssetFileDefBuilder(0).getTensorInfoBuilder
      assert(tensor.getName.endsWith(":0"))
      tensor.setName(tensor.getName.replace(":0", ":1"))
    }
    refused(spec, "op InitializeTableFromTextFileV2, which ")
  }

  test("restoring reads the model's own checkpoint") {
    val other = Files.createTempDirectory("other-").resolve("variables")
    val spec = changed("linear") { graph =>
      val library = graph.getGraphDefBuilder.getLibraryBuilder
      for (
        function <- library.getFunctionBuilderList.asScala
        if function.getNodeDefList.asScala.exists(_.getOp == "RestoreV2")
      ) {
        function.addNodeDef(TinyModels.text("other", other.toString))
        function.getNodeDefBuilderList.asScala
          .filter(_.getOp == "RestoreV2")
          .foreach(_.setInput(0, "other:output:0"))
      }
      for (node <- graph.getGraphDefBuilder.getNodeBuilderList.asScala if node.getOp == "RestoreV2")
        node.setInput(0, "other")
      graph.getGraphDefBuilder.addNode(TinyModels.text("other", other.toString))
    }
    refused(spec, "op RestoreV2, which ")
  }

  test("an op that fills tables cannot restore: it gets no checkpoint's name") {
    val spec = changed("linear") { graph =>
      val saver = graph.getSaverDef
      val restore = saver.getRestoreOpName
      graph.putCollectionDef(
        "saved_model_main_op",
        CollectionDef
          .newBuilder()
          .setNodeList(CollectionDef.NodeList.newBuilder().addValue(restore))
          .build()
      )
    }
    refused(spec, "op RestoreV2, which ")
  }

  test("exported models restore and fill everything that they need") {
    for (name <- Seq("linear", "lookup"))
      assert(ModelInspector.inspect(TestModels.spec(name)).signatures.forall(_.refusals.isEmpty))
    assert(nodes(graphOf("linear"), "RestoreV2").nonEmpty)
  }

  private def graphOf(model: String): MetaGraphDef.Builder =
    SavedModel
      .parseFrom(Files.readAllBytes(TestModels.made.resolve(s"$model/1/saved_model.pb")))
      .toBuilder
      .getMetaGraphsBuilder(0)
}
