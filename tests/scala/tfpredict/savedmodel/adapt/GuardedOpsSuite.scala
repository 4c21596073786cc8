package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.TestModels
import tfpredict.model.ModelVerifier

/** Models of ops that run behind checks, compared with TensorFlow's own results. */
class GuardedOpsSuite extends AnyFunSuite {

  private def check(name: String)(signatures: String*): Unit =
    for (place <- Seq(name, s"${name}_in_graph")) checkOne(place)(signatures: _*)

  private def checkOne(place: String)(signatures: String*): Unit =
    test(s"$place answers as TensorFlow does: ${signatures.mkString(", ")}") {
      val spec = TestModels.spec(s"rules/$place").copy(signature = signatures.head)
      val report = ModelVerifier.verify(spec)
      assert(report.outputs.map(_.signature).toSet == signatures.toSet)
      for (output <- report.outputs)
        assert(output.difference <= ModelVerifier.Tolerance, output.signature)
    }

  check("sparse_tensors")(
    "added",
    "thresholded",
    "added_to_dense",
    "divided",
    "sums",
    "greatest",
    "set_sizes",
    "distances"
  )
  check("histograms")("floats", "int32", "int64")
  // In a graph of TensorFlow 1, newer ops would have attributes that cannot be left out.
  checkOne("datasets")(
    "flat",
    "interleaved",
    "parallel",
    "unbatched",
    "optional",
    "added"
  )
}
