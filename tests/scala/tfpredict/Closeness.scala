package tfpredict

import org.scalatest.Assertions

/**
 * Asserts that numbers agree with TensorFlow's in Python within 1e-5, relative to expected values
 * greater than 1.
 */
trait Closeness extends Assertions {
  def assertClose(found: Array[Array[Float]], expected: Array[Array[Float]]): Unit = {
    assert(found.map(_.length).toSeq == expected.map(_.length).toSeq)
    for ((rows, index) <- found.zip(expected).zipWithIndex; (a, b) <- rows._1.zip(rows._2))
      assert(
        math.abs(a - b) <= 1e-5 * math.max(1.0, math.abs(b)),
        s"row $index: found $a, expected $b"
      )
  }
}
