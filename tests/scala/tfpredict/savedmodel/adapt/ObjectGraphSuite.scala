package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{MetaGraphDef, NodeDef, TensorShapeProto}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.TestModels
import tfpredict.savedmodel.format.VariableIndex

/**
 * Compares variables' keys with those of TensorFlow's own restore functions. A checkpoint may have
 * a variable under several keys, with the same value.
 */
class ObjectGraphSuite extends AnyFunSuite {

  private def read(name: String): MetaGraphDef =
    PreparedGraph.read(TestModels.spec(name), TestModels.made.resolve(s"$name/1"))

  private def handles(graph: MetaGraphDef): Map[String, NodeDef] =
    new ServingGraph(graph).nodes.filter(_._2.getOp == "VarHandleOp")

  private def keys(graph: MetaGraphDef): Map[String, Option[String]] = {
    val objects = new ObjectGraph(graph, new ServingGraph(graph))
    handles(graph).mapValues(objects.key).map(identity).toMap
  }

  /** The key of each variable, in the order of the restore function's arguments. */
  private def restored(graph: MetaGraphDef): Map[String, String] = {
    val serving = new ServingGraph(graph)
    val call = serving.nodes(graph.getSaverDef.getRestoreOpName)
    val body = serving.functions(serving.called(call).head)
    val scope = rules.Scope.of(body)
    val restore = body.getNodeDefList.asScala.find(_.getOp == "RestoreV2").get
    val names = scope.constant(restore.getInput(1)).get.getStringValList.asScala
    call.getInputList.asScala
      .drop(1)
      .filterNot(_.startsWith("^"))
      .zip(names)
      .map { case (node, name) => node -> name.toStringUtf8 }
      .toMap
  }

  for (name <- Seq("linear", "images", "lstm", "two_outputs", "keras_export"))
    test(s"keys of the variables of $name") {
      val graph = read(name)
      val expected = restored(graph)
      val found = keys(graph).collect { case (node, Some(key)) => node -> key }
      assert(found.nonEmpty)
      val index = VariableIndex.read(
        TestModels.made.resolve(s"$name/1/variables/variables.index")
      )
      def value(key: String): Any = {
        val entry = index.entries(key)
        (entry.getDtype, entry.getShape, entry.getCrc32C)
      }
      found.foreach { case (node, key) => assert(value(expected(node)) == value(key), node) }
    }

  private def changed(change: MetaGraphDef.Builder => Unit): Map[String, Option[String]] = {
    val builder = read("linear").toBuilder
    change(builder)
    keys(builder.build())
  }

  private def variables(builder: MetaGraphDef.Builder) =
    builder.getObjectGraphDefBuilder.getNodesBuilderList.asScala
      .filter(_.hasVariable)
      .map(_.getVariableBuilder)

  test("names, dtypes and shapes must agree") {
    assert(changed(_ => ()).values.exists(_.isDefined))
    assert(changed(variables(_).foreach(_.setName("another"))).values.forall(_.isEmpty))
    assert(changed(variables(_).foreach(_.setDtypeValue(2))).values.forall(_.isEmpty))
    val scalar = TensorShapeProto.getDefaultInstance
    assert(changed(variables(_).foreach(_.setShape(scalar))).values.forall(_.isEmpty))
  }

  test("objects with two roles, without a path, or that do not exist, give no key") {
    def bound(ids: Int => Int): Map[String, Option[String]] = changed { builder =>
      val functions = builder.getObjectGraphDef.getConcreteFunctionsMap.asScala.toMap
      functions.foreach { case (name, function) =>
        val other = function.toBuilder.clearBoundInputs()
        function.getBoundInputsList.asScala.foreach(id => other.addBoundInputs(ids(id)))
        builder.getObjectGraphDefBuilder.putConcreteFunctions(name, other.build())
      }
    }
    assert(bound(identity).values.exists(_.isDefined))
    assert(bound(_ => 1000000).values.forall(_.isEmpty))
    assert(bound(_ => -1).values.forall(_.isEmpty))
    assert(bound(_ => 0).values.forall(_.isEmpty))
    val unreached = changed { builder =>
      builder.getObjectGraphDefBuilder.getNodesBuilder(0).clearChildren()
      ()
    }
    assert(unreached.values.forall(_.isEmpty))
  }

  test("shapes match if no known dimension differs") {
    def shape(dims: Long*): TensorShapeProto = {
      val builder = TensorShapeProto.newBuilder()
      dims.foreach(builder.addDimBuilder().setSize(_))
      builder.build()
    }
    val any = TensorShapeProto.newBuilder().setUnknownRank(true).build()
    assert(ObjectGraph.fits(shape(2, 3), shape(2, -1)))
    assert(ObjectGraph.fits(any, shape(2, 3)))
    assert(!ObjectGraph.fits(shape(2, 3), shape(3, 2)))
    assert(!ObjectGraph.fits(shape(2, 3), shape(2)))
  }
}
