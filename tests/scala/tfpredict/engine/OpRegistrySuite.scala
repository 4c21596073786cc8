package tfpredict.engine

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.TensorFlow
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.RuntimeCatalog.catalog

class OpRegistrySuite extends AnyFunSuite {

  test("the resource is the runtime's own list") {
    val stream = getClass.getResourceAsStream("/tfpredict/ops-1.15.0.pb")
    val kept = Iterator.continually(stream.read()).takeWhile(_ >= 0).map(_.toByte).toArray
    stream.close()
    assert(kept.sameElements(TensorFlow.registeredOpList()))
  }

  test("ops, attributes and defaults are found by name") {
    assert(catalog.ops.contains("MatMul"))
    assert(!catalog.ops.contains("DenseBincount"))
    assert(catalog.ops.hasAttribute("MatMul", "transpose_a"))
    assert(!catalog.ops.hasAttribute("VarHandleOp", "debug_name"))
    assert(!catalog.ops.defaultOf("MatMul", "transpose_a").get.getB)
    assert(catalog.ops.defaultOf("MatMul", "T").isEmpty)
  }

  private def disallowed(op: String, attribute: String, value: AttrValue.Builder): Option[String] =
    catalog.ops.disallowed(
      NodeDef.newBuilder().setOp(op).putAttr(attribute, value.build()).build()
    )

  private def dtypes(values: Int*): AttrValue.Builder = {
    val builder = AttrValue.newBuilder()
    values.foreach(value => builder.getListBuilder.addTypeValue(value))
    builder
  }

  test("a value that an op does not take is reported with those that it takes") {
    def dtype(value: DataType) = AttrValue.newBuilder().setType(value)
    assert(disallowed("AddV2", "T", dtype(DataType.DT_FLOAT)).isEmpty)
    val unsigned = disallowed("AddV2", "T", dtype(DataType.DT_UINT32)).get
    assert(unsigned.startsWith("op AddV2 with T=uint32 (allowed: bfloat16, half, float, double, "))

    val padding = AttrValue.newBuilder()
    padding.setS(com.google.protobuf.ByteString.copyFromUtf8("EXPLICIT"))
    assert(disallowed("MaxPool", "padding", padding).contains(
      "op MaxPool with padding=EXPLICIT (allowed: SAME, VALID)"
    ))

    val (float, half) = (DataType.DT_FLOAT_VALUE, DataType.DT_HALF_VALUE)
    assert(disallowed("ParseExample", "Tdense", dtypes(float, float)).isEmpty)
    assert(disallowed("ParseExample", "Tdense", dtypes(float, half)).contains(
      "op ParseExample with Tdense=half (allowed: float, int64, string)"
    ))
  }

  test("a dtype of newer versions is reported even if the op takes any dtype") {
    val newer = AttrValue.newBuilder().setTypeValue(29)
    assert(disallowed("Identity", "T", newer).contains(
      "op Identity with T=a dtype that it does not know (allowed: the runtime's dtypes)"
    ))
    assert(disallowed("IdentityN", "T", dtypes(1, 29)).isDefined)
    assert(disallowed(
      "Identity",
      "T",
      AttrValue.newBuilder().setType(DataType.DT_BFLOAT16)
    ).isEmpty)
    assert(disallowed("Unheard", "T", newer).isEmpty)
  }
}
