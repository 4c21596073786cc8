package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_FLOAT
import org.tensorflow.framework.NodeDef

import tfpredict.RuntimeCatalog.catalog

class DiagonalsSuite extends RuleSuite(Diagonals) {

  private def part(align: String): NodeDef =
    node("MatrixDiagPartV3", "matrix", "k", "padding")(
      "T" -> dtype(DT_FLOAT),
      "align" -> text(align)
    )

  test("one diagonal, and several that are aligned to the left, answer as TensorFlow does") {
    val parts = Seq("part", "part_above", "part_band")
    val made = Seq("made", "made_below", "made_band", "unit")
    assertParity("diagonals", parts ++ made ++ Seq("set", "set_above", "set_band"): _*)
  }

  test("the runtime has the second version") {
    for (op <- Diagonals.ops) {
      assert(!catalog.ops.contains(op))
      assert(catalog.ops.contains(op.replace("V3", "V2")), op)
    }
  }

  test("one diagonal is recognized if k is a scalar or has the same value twice") {
    val kept = part("RIGHT_LEFT")
    for (
      k <- Seq(
        constant("k", isScalar = true, 0),
        constant("k", isScalar = true, -2),
        constant("k", isScalar = false, 1),
        constant("k", isScalar = false, 1, 1),
        shaped("k"),
        shaped("k", 1)
      )
    ) {
      val Seq(only) = replacement(kept, k)
      assert(only.getOp == "MatrixDiagPartV2" && only.getAttrMap.keySet.contains("T"))
      assert(!only.containsAttr("align") && only.getInputList == kept.getInputList)
    }
  }

  test("several diagonals with another alignment are refused, also if there may be several") {
    for (align <- Seq("RIGHT_LEFT", "LEFT_RIGHT", "RIGHT_RIGHT")) {
      val why = "op MatrixDiagPartV3 of several diagonals that are not aligned LEFT_LEFT"
      assertRefused(why, part(align), constant("k", isScalar = false, -1, 1))
      assertRefused(why, part(align), shaped("k", 2))
      assertRefused(why, part(align), shaped("k", -1))
      assertRefused(why, part(align))
    }
  }
}
