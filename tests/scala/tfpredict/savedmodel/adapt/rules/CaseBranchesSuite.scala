package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue

class CaseBranchesSuite extends RuleSuite(CaseBranches) {

  // An index without a branch takes the last one. A branch may contain branches.
  test("each branch answers as TensorFlow does") {
    assertParity("case_branches", "second", "last", "negative", "nested")
  }

  test("the node keeps its branches and its hints") {
    val hint = AttrValue.newBuilder().setB(true).build()
    val branch = AttrValue.newBuilder()
    branch.getListBuilder.addFuncBuilder().setName("f")
    val original = node("StatelessCase", "index", "x", "^before")(
      "branches" -> branch.build(),
      "_lower_using_switch_merge" -> hint
    )
    assert(replacement(original) == Seq(original.toBuilder.setOp("Case").build()))
  }
}
