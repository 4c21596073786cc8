package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT32, DT_VARIANT}
import org.tensorflow.framework.{DataType, GraphDef, NodeDef}
import org.tensorflow.{Graph, Session}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds, number}

class AddedListsSuite extends RuleSuite(AddedLists) {

  private def added(dtype: DataType, inputs: String*): NodeDef =
    node("AddN", inputs: _*)("T" -> kind(dtype), "N" -> number(inputs.size.toLong))

  test("numbers, and a single list, are added without a rule") {
    assertKept(added(DT_FLOAT, "a", "b"))
    assertKept(added(DT_VARIANT, "a"))
  }

  test("lists are added after an op that hides their shapes") {
    val Seq(lists, sum) = replacement(added(DT_VARIANT, "a", "b"))
    assert(lists.getOp == "IdentityN" && sum.getOp == "AddN")
    assert(sum.getInput(1) == s"${lists.getName}:1")
  }

  // Importing this graph without the rule crashes the process.
  test("a list of known shape and one of unknown shape can be added") {
    val make = new Fragment(node("AddN", Nil: _*)(), Scope.of(GraphDef.getDefaultInstance))
    val element = Seq("element_dtype" -> kind(DT_FLOAT), "shape_type" -> kind(DT_INT32))
    def list(value: Double): String = {
      val rows = make.add("Fill", "output", make.ints(3), make.real(value, DT_FLOAT))(
        "T" -> kind(DT_FLOAT),
        "index_type" -> kind(DT_INT32)
      )
      make.add("TensorListFromTensor", "output_handle", rows, make.none(DT_INT32))(element: _*)
    }
    val forgotten = make.addList("IdentityN", "output", 2, list(1.5), list(2.5))(
      "T" -> kinds(Seq(DT_VARIANT, DT_VARIANT))
    )
    val sum = added(DT_VARIANT, list(0.25), forgotten.head, forgotten.last).toBuilder.setName("sum")
    val read = node("TensorListStack", "sum", make.none(DT_INT32))(
      "element_dtype" -> kind(DT_FLOAT),
      "num_elements" -> number(-1)
    )
    val definition = GraphDef.newBuilder()
    (make.nodes ++ replacement(sum.build()) :+ read.toBuilder.setName("read").build())
      .foreach(node => definition.addNode(node))
    val graph = new Graph
    try {
      graph.importGraphDef(definition.build().toByteArray)
      val session = new Session(graph)
      try {
        val answer = session.runner().fetch("read").run().get(0)
        try {
          val found = new Array[Float](3)
          answer.copyTo(found)
          assert(found.toSeq == Seq.fill(3)(4.25f))
        } finally answer.close()
      } finally session.close()
    } finally graph.close()
  }
}
