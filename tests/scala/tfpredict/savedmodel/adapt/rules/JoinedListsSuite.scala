package tfpredict.savedmodel.adapt.rules

class JoinedListsSuite extends RuleSuite(JoinedLists) {

  test("lists of tensors are joined as TensorFlow joins them") {
    assertParity("joined_lists", "told", "untold")
  }
}
