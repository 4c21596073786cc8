package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite

class UsesSuite extends AnyFunSuite {

  test("each name comes after the names that it uses") {
    val uses = Map("a" -> Set("b", "c"), "b" -> Set("d"), "c" -> Set("d"), "d" -> Set.empty[String])
    assert(Uses.inOrder(uses) == Seq("d", "b", "c", "a"))
    assert(Uses.inOrder(Map.empty).isEmpty)
  }

  test("names that use themselves, and names that use those, are left out") {
    val uses = Map(
      "self" -> Set("self"),
      "one" -> Set("other"),
      "other" -> Set("one"),
      "behind" -> Set("one", "free"),
      "free" -> Set.empty[String]
    )
    assert(Uses.inOrder(uses) == Seq("free"))
  }
}
