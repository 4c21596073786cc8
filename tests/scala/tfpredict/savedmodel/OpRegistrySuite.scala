package tfpredict.savedmodel

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.TensorFlow

class OpRegistrySuite extends AnyFunSuite {

  test("the resource is the runtime's own list") {
    val stream = getClass.getResourceAsStream(OpRegistry.Resource)
    val kept = Iterator.continually(stream.read()).takeWhile(_ >= 0).map(_.toByte).toArray
    stream.close()
    assert(kept.sameElements(TensorFlow.registeredOpList()))
  }

  test("ops, attributes and defaults are found by name") {
    assert(OpRegistry.runtime.contains("MatMul"))
    assert(!OpRegistry.runtime.contains("DenseBincount"))
    assert(OpRegistry.runtime.hasAttribute("MatMul", "transpose_a"))
    assert(!OpRegistry.runtime.hasAttribute("VarHandleOp", "debug_name"))
    assert(!OpRegistry.runtime.defaultOf("MatMul", "transpose_a").get.getB)
    assert(OpRegistry.runtime.defaultOf("MatMul", "T").isEmpty)
  }
}
