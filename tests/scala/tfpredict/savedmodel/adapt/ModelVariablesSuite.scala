package tfpredict.savedmodel.adapt

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.SavedModel

import tfpredict.model.ModelDescription
import tfpredict.{ModelLoadException, ModelSpec, TestModels}

class ModelVariablesSuite extends AnyFunSuite {

  private def refused(root: Path): ModelLoadException =
    intercept[ModelLoadException](ModelDescription.of(ModelSpec(root.toString)))

  test("every model that the tests use has all its variables") {
    for (name <- Seq("linear", "lstm", "images", "lookup", "integers", "keras_export"))
      ModelDescription.of(TestModels.spec(name))
  }

  test("the folder of the variables is gone") {
    val root = TestModels.bare("linear")
    val variables = root.resolve("1/variables")
    Seq("variables.index", "variables.data-00000-of-00001")
      .foreach(name => Files.delete(variables.resolve(name)))
    Files.delete(variables)
    assert(refused(root).expected == s"the model's variables in $variables")
  }

  test("the data are shorter than the index says") {
    val root = TestModels.bare("linear")
    val data = root.resolve("1/variables/variables.data-00000-of-00001")
    val bytes = Files.readAllBytes(data)
    Files.write(data, bytes.take(bytes.length - 100))
    assert(refused(root).expected == s"${bytes.length} bytes in $data")
    assert(refused(root).found == s"${bytes.length - 100}")
  }

  test("the variables are another model's") {
    val root = TestModels.bare("linear")
    for (name <- Seq("variables.index", "variables.data-00000-of-00001")) {
      val file = s"1/variables/$name"
      Files.write(
        root.resolve(file),
        Files.readAllBytes(TestModels.made.resolve("lookup").resolve(file))
      )
    }
    assert(refused(root).found.matches("\\d+ missing: .*VARIABLE_VALUE.*"))
  }

  test("a variable that nothing restores is named, with the advice to use export") {
    val root = TestModels.bare("linear")
    val file = root.resolve("1/saved_model.pb")
    val saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder
    val nodes = saved.getMetaGraphsBuilder(0).getGraphDefBuilder.getNodeBuilderList.asScala
    val restore = saved.getMetaGraphs(0).getSaverDef.getRestoreOpName
    // The restoring call gets one variable fewer.
    val call = nodes.find(_.getName == restore).get
    val kept = call.getInputList.asScala.filterNot(_.contains("kernel")).toList
    val others = call.getInputList.asScala.toList
    val cut = if (kept.size < others.size) kept else others.init
    call.clearInput().addAllInput(cut.asJava)
    // Otherwise the object graph restores it.
    saved.getMetaGraphsBuilder(0).clearObjectGraphDef()
    Files.write(file, saved.build().toByteArray)
    val problem = refused(root)
    assert(problem.expected == "a model that restores all variables of its signature")
    assert(problem.found.matches("1 that nothing restores: .+"))
    assert(problem.fix.endsWith(s"tfpredict export $root/1 NEW_FOLDER"))
  }
}
