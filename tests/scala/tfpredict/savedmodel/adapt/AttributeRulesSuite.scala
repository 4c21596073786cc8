package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, NodeDef, OpDef, OpList}

import tfpredict.TestModels
import tfpredict.engine.OpRegistry
import tfpredict.model.ModelVerifier

class AttributeRulesSuite extends AnyFunSuite {

  private val yes = AttrValue.newBuilder().setB(true).build()
  private val no = AttrValue.newBuilder().setB(false).build()

  private val exporter: OpRegistry = {
    val definition = OpDef.newBuilder().setName("MatMul")
    definition.addAttrBuilder().setName("newer").setType("bool").setDefaultValue(no)
    new OpRegistry(OpList.newBuilder().addOp(definition).build())
  }

  private def mayDrop(rule: AttributeRule, op: String, attribute: String, value: AttrValue) =
    rule.mayDrop(NodeDef.newBuilder().setOp(op).build(), attribute, value, exporter)

  test("a variable's debug name may be dropped, and none of its other attributes") {
    val rule = AttributeRules.DebugName
    assert(mayDrop(rule, "VarHandleOp", "debug_name", yes))
    assert(!mayDrop(rule, "VarHandleOp", "shared_name", yes))
    assert(!mayDrop(rule, "MatMul", "debug_name", yes))
  }

  test("a newer attribute may be dropped at its exporter's default, and at no other value") {
    val rule = AttributeRules.ExporterDefault
    assert(mayDrop(rule, "MatMul", "newer", no))
    assert(!mayDrop(rule, "MatMul", "newer", yes))
    assert(!mayDrop(rule, "MatMul", "unheard", no))
    assert(!mayDrop(rule, "Unheard", "newer", no))
  }

  test("a product's mark as a gradient may be dropped") {
    val rule = AttributeRules.OfGradient
    assert(mayDrop(rule, "MatMul", "grad_a", yes) && mayDrop(rule, "BatchMatMulV2", "grad_y", yes))
    assert(!mayDrop(rule, "MatMul", "transpose_a", yes))
  }

  test("a dataset's name and its scheduling attributes may be dropped") {
    val rule = AttributeRules.OfDataset
    assert(mayDrop(rule, "RangeDataset", "metadata", yes))
    assert(mayDrop(rule, "DatasetToSingleElement", "metadata", yes))
    assert(mayDrop(rule, "MapDataset", "force_synchronous", yes))
    assert(!mayDrop(rule, "RangeDataset", "replicate_on_split", yes))
    assert(!mayDrop(rule, "MatMul", "metadata", yes))
  }

  test("an initial value has its variable's shape") {
    val rule = AttributeRules.ValidateShape
    assert(mayDrop(rule, "AssignVariableOp", "validate_shape", yes))
    assert(!mayDrop(rule, "AssignVariableOp", "other", yes))
    assert(!mayDrop(rule, "Assign", "validate_shape", yes))
  }

  test("gradients equal TensorFlow's, in the graph and in a library function") {
    for (place <- Seq("gradients", "gradients_in_graph")) {
      val report = ModelVerifier.verify(TestModels.spec(s"rules/$place").copy(signature = "matrix"))
      assert(report.outputs.map(_.signature).toSet == Set("matrix", "batch"))
      assert(report.difference <= ModelVerifier.Tolerance, place)
    }
  }
}
