package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_FLOAT}
import org.tensorflow.framework.NodeDef

import tfpredict.RuntimeCatalog.catalog

class SingularValuesSuite extends RuleSuite(SingularValues) {

  private val svd: NodeDef = node("Svd", "x")("T" -> dtype(DT_FLOAT))

  test("larger matrices, some of low rank, answer as TensorFlow does") {
    val values = Seq("square", "tall", "wide", "double")
    val rebuilt = Seq("", "_tall", "_full", "_double", "_complex").map("rebuilt" + _)
    assertParity("singular_values", values ++ rebuilt ++ Seq("spoiled", "spoiled_vectors"): _*)
  }

  test("the kernel for small matrices stays, behind a check of the size") {
    assertKept(svd, shaped("x", -1, 100, 15))
    assertKept(svd, shaped("x", 3, 4))
    assert(catalog.guards.getOrElse("Svd", Nil).contains("dim input -1 < 16 or dim input -2 < 16"))
  }

  test("larger matrices, and those whose size is not known, are computed by other ops") {
    for (x <- Seq(shaped("x", 16, 16), shaped("x", -1, -1), node("Identity", "y")())) {
      val found = replacement(svd, x.toBuilder.setName("x").build())
      assert(found.map(_.getOp).count(_ == "SelfAdjointEigV2") == 1)
      assert(!found.exists(_.getOp == "Svd"))
      val computed = found.filter(_.getOp == "Qr").map(_.getAttrOrThrow("T").getType)
      assert(computed.forall(_ == DT_DOUBLE) && computed.size == 4)
    }
  }
}
