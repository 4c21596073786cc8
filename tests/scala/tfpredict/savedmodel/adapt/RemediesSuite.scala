package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite

class RemediesSuite extends AnyFunSuite {

  private def of(ops: String*) = Remedies.of(ops.toSet, forbidden = false)

  test("the fix for a model of JAX is Keras' other backend") {
    assert(of("XlaCallModule", "Dawsn").contains("KERAS_BACKEND is tensorflow"))
  }

  test("an op of a library and one of a newer TensorFlow have different fixes") {
    for (op <- Seq("SimpleMLInferenceOpWithHandle", "SentencepieceOp", "TFText>WhitespaceTokenize"))
      assert(of(op).contains("comes from a Python library") && of(op).contains("in Spark"), op)
    for (op <- Seq("Dawsn", "TensorScatterMax")) assert(of(op).startsWith("Export the model"), op)
  }

  test("a setting is named if it helps") {
    def forbidden(op: String) = Remedies.of(Set(op), forbidden = true)
    assert(forbidden("ReadFile").contains("spark.tfpredict.ops.allowed"))
    assert(!forbidden("EagerPyFunc").contains("spark.tfpredict"))
  }
}
