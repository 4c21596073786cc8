package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  MetaGraphDef,
  NodeDef,
  SignatureDef,
  TensorInfo,
  TensorShapeProto
}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog

class UnknownRanksSuite extends AnyFunSuite {
  private val floats = kind(DataType.DT_FLOAT)
  private val strings = kind(DataType.DT_STRING)

  private def number(value: Long): AttrValue = AttrValue.newBuilder().setI(value).build()

  private def shape(dims: Long*): TensorShapeProto = {
    val shape = TensorShapeProto.newBuilder()
    dims.foreach(size => shape.addDimBuilder().setSize(size))
    shape.build()
  }

  private val serialized = node("Placeholder", "serialized")("dtype" -> strings)

  // One sparse feature, and a dense one of two numbers, which is the fourth output.
  private def parser(input: String): NodeDef = {
    val shapes = AttrValue.newBuilder()
    shapes.getListBuilder.addShape(shape(2))
    node("ParseExample", "parsed", input, "names", "key", "dense", "default")(
      "Nsparse" -> number(1),
      "Ndense" -> number(1),
      "dense_shapes" -> shapes.build()
    )
  }

  private def unknown(tensor: String, dtype: DataType): TensorInfo = {
    val info = TensorInfo.newBuilder().setName(tensor).setDtype(dtype)
    info.getTensorShapeBuilder.setUnknownRank(true)
    info.build()
  }

  // The dimensions of the input and the output, or none without a rank.
  private def dims(output: String, nodes: NodeDef*): Seq[Option[Seq[Long]]] = {
    val graph = MetaGraphDef.newBuilder()
    graph.getGraphDefBuilder.addNode(serialized).addAllNode(nodes.asJava)
    val signature = SignatureDef.newBuilder()
      .putInputs("x", unknown("serialized:0", DataType.DT_STRING))
      .putOutputs("y", unknown(output, DataType.DT_FLOAT))
    graph.putSignatureDef("serving_default", signature.build())
    val known = UnknownRanks.known(graph.build()).getSignatureDefOrThrow("serving_default")
    Seq(known.getInputsOrThrow("x"), known.getOutputsOrThrow("y")).map(_.getTensorShape).map {
      found =>
        if (found.getUnknownRank) None else Some(found.getDimList.asScala.map(_.getSize).toSeq)
    }
  }

  test("parsed strings are one per row, and so are the parser's outputs") {
    val found = dims("parsed:3", parser("serialized"))
    assert(found == Seq(Some(Seq(-1L)), Some(Seq(-1L, 2L))))
  }

  test("this also holds after an identity, and after ops that keep or join shapes") {
    val named = node("Identity", "named", "serialized")("T" -> strings)
    val more = both("Relu", "more", "parsed:3")
    val added = both("AddV2", "added", "more", "parsed:3")
    val found = dims("added:0", named, parser("named"), more, added)
    assert(found == Seq(Some(Seq(-1L)), Some(Seq(-1L, 2L))))
  }

  test("an op whose shape is not known leaves the output open") {
    val found = dims("other:0", parser("serialized"), both("Fresh", "other", "parsed:3"))
    assert(found == Seq(Some(Seq(-1L)), None))
  }

  test("a string that another op takes, or none does, stays without a rank") {
    val picture = node("DecodePng", "picture", "serialized")()
    assert(dims("picture:0", picture) == Seq(None, None))
    assert(dims("parsed:3", picture, parser("serialized")) == Seq(None, None))
    assert(dims("serialized:0") == Seq(None, None))
  }

  test("a cycle of identities is handled") {
    val ring = node("Identity", "ring", "serialized", "ring")("T" -> strings)
    assert(dims("ring:0", ring) == Seq(None, None))
    val grown = node("Identity", "grown", "grown")("T" -> floats)
    assert(dims("grown:0", parser("serialized"), grown) == Seq(Some(Seq(-1L)), None))
  }
}
