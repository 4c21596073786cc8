package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite

class RemediesSuite extends AnyFunSuite {

  private def of(ops: String*) = Remedies.of(ops.toSet, forbidden = false)

  test("what JAX wrote is exported by the other backend of Keras") {
    assert(of("XlaCallModule", "Dawsn").contains("KERAS_BACKEND is tensorflow"))
  }

  test("an op of a library is told apart from one of a newer TensorFlow") {
    for (op <- Seq("SimpleMLInferenceOpWithHandle", "SentencepieceOp", "TFText>WhitespaceTokenize"))
      assert(of(op).contains("comes from a Python library") && of(op).contains("in Spark"), op)
    for (op <- Seq("Dawsn", "TensorScatterMax")) assert(of(op).startsWith("Export the model"), op)
  }

  test("a setting is named where it helps") {
    def forbidden(op: String) = Remedies.of(Set(op), forbidden = true)
    assert(forbidden("ReadFile").contains("spark.tfpredict.ops.allowed"))
    assert(!forbidden("EagerPyFunc").contains("spark.tfpredict"))
  }
}
