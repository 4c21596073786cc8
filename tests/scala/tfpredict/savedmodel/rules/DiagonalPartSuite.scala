package tfpredict.savedmodel.rules

import org.tensorflow.framework.{DataType, NodeDef}

class DiagonalPartSuite extends RuleSuite(DiagonalPart) {

  private val part: NodeDef =
    node("MatrixDiagPartV3", "matrix", "k", "padding")("T" -> dtype(DataType.DT_FLOAT))

  test("the main diagonal answers as TensorFlow does") {
    assertParity("diagonal_part", "main")
  }

  test("another diagonal, or one that is not known, is refused") {
    val why = "op MatrixDiagPartV3 of another diagonal than the main one"
    assertRefused(why, part, constant("k", isScalar = true, 1))
    assertRefused(why, part, constant("k", isScalar = false, -1, 1))
    assertRefused(why, part)
  }
}
