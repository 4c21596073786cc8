package tfpredict.fuzz

import org.apache.spark.unsafe.types.UTF8String
import org.scalatest.funsuite.AnyFunSuite

/** Checks that the expected results for random rows are right. */
class FuzzedModelSuite extends AnyFunSuite {

  for (name <- GoodRows.models)
    test(s"$name: good rows have TensorFlow's own answers") {
      val model = new FuzzedModel(name)
      try {
        assert(model.good.nonEmpty)
        for ((found, row) <- model.answers.zip(model.good)) {
          val expected = row.answer.flatMap(_.values).map {
            case bytes: Array[Byte] => UTF8String.fromBytes(bytes)
            case other => other
          }
          assert(Bits.areClose(found, expected), s"found $found, expected $expected")
        }
      } finally model.close()
    }
}
