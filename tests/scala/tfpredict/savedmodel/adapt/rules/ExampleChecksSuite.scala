package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.example._
import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  GraphDef,
  NodeDef,
  TensorProto,
  TensorShapeProto
}
import org.tensorflow.{Graph, Session, Tensor}

import tfpredict.GraphModel.{kind, node}
import tfpredict.RuntimeCatalog.catalog
import tfpredict.engine.tensorflow1.NativeLibraries

class ExampleChecksSuite extends AnyFunSuite {
  NativeLibraries.load()

  private val none = Array.emptyByteArray

  private def list(of: AttrValue.ListValue.Builder): AttrValue =
    AttrValue.newBuilder().setList(of).build()
  private def texts(values: String*) =
    list(AttrValue.ListValue.newBuilder().addAllS(values.map(ByteString.copyFromUtf8).asJava))
  private def types(values: DataType*) = Fragment.kinds(values)

  private def constant(name: String, values: String*): NodeDef = {
    val tensor = TensorProto.newBuilder().setDtype(DT_STRING)
    if (values.size != 1) tensor.getTensorShapeBuilder.addDimBuilder().setSize(values.size.toLong)
    values.foreach(value => tensor.addStringVal(ByteString.copyFromUtf8(value)))
    node("Const", name)(
      "dtype" -> kind(DT_STRING),
      "value" -> AttrValue.newBuilder().setTensor(tensor).build()
    )
  }

  private def parser(op: String, dtype: DataType): NodeDef = op match {
    case "ParseExample" =>
      node(op, "op", "x", "none", "key")(
        "Nsparse" -> Fragment.number(1),
        "Ndense" -> Fragment.number(0),
        "sparse_types" -> types(dtype),
        "Tdense" -> types(),
        "dense_shapes" -> types()
      )
    case "ParseSingleExample" =>
      node(op, "op", "x")(
        "num_sparse" -> Fragment.number(1),
        "sparse_keys" -> texts("value"),
        "dense_keys" -> texts(),
        "sparse_types" -> types(dtype),
        "Tdense" -> types(),
        "dense_shapes" -> types()
      )
    case _ =>
      node(op, "op", "x", "none")(
        "feature_list_dense_missing_assumed_empty" -> texts(),
        "context_sparse_keys" -> texts("value"),
        "context_dense_keys" -> texts(),
        "feature_list_sparse_keys" -> texts("list"),
        "feature_list_dense_keys" -> texts(),
        "Ncontext_sparse" -> Fragment.number(1),
        "Nfeature_list_sparse" -> Fragment.number(1),
        "context_sparse_types" -> types(dtype),
        "feature_list_sparse_types" -> types(dtype)
      )
  }

  // A feature of two floats.
  private def dense(op: String): NodeDef = {
    val shape = TensorShapeProto.newBuilder()
    shape.addDimBuilder().setSize(2)
    val shapes = list(AttrValue.ListValue.newBuilder().addShape(shape))
    val floats = Seq("Tdense" -> types(DT_FLOAT), "dense_shapes" -> shapes)
    op match {
      case "ParseExample" =>
        val counts = Seq("Nsparse" -> Fragment.number(0), "Ndense" -> Fragment.number(1))
        node(op, "op", "x", "none", "key", "default")(
          floats ++ counts :+ ("sparse_types" -> types()): _*
        )
      case _ =>
        val keys = Seq("sparse_keys" -> texts(), "dense_keys" -> texts("value"))
        node(op, "op", "x", "default")(
          floats ++ keys ++
            Seq("num_sparse" -> Fragment.number(0), "sparse_types" -> types()): _*
        )
    }
  }

  private def failure(op: String, dtype: DataType, text: Array[Byte]): Option[String] =
    failure(parser(op, dtype), text)

  /** The failure, if any, when a text is parsed. */
  private def failure(parses: NodeDef, text: Array[Byte]): Option[String] = {
    val op = parses.getOp
    val zeros = TensorProto.newBuilder().setDtype(DT_FLOAT)
      .setTensorShape(TensorShapeProto.newBuilder().addDim(
        TensorShapeProto.Dim.newBuilder().setSize(2)
      )).addFloatVal(0)
    val stated = Seq(
      node("Placeholder", "x")("dtype" -> kind(DT_STRING)),
      constant("none"),
      constant("key", "value"),
      node("Const", "default")(
        "dtype" -> kind(DT_FLOAT),
        "value" -> AttrValue.newBuilder().setTensor(zeros).build()
      )
    )
    val before = GraphDef.newBuilder().addAllNode((stated :+ parses).asJava).build()
    val after = stated ++ Guards.around(parses, Scope.of(before))
    val graph = new Graph
    try {
      graph.importGraphDef(GraphDef.newBuilder().addAllNode(after.asJava).build().toByteArray)
      val session = new Session(graph)
      val fed: Tensor[_] =
        if (op == "ParseSingleExample") Tensor.create(text) else Tensor.create(Array(text))
      try {
        session.runner().feed("x", fed).addTarget("op").run()
        None
      } catch { case failed: RuntimeException => Some(failed.getMessage) }
      finally {
        fed.close()
        session.close()
      }
    } finally graph.close()
  }

  private def varint(value: Long): Array[Byte] =
    if (value < 128) Array(value.toByte)
    else ((value & 127) | 128).toByte +: varint(value >>> 7)

  /** A field of bytes. The field named `wrong` gets a false length. */
  private def field(number: Int, bytes: Array[Byte], name: String, wrong: String, length: Long) =
    (number << 3 | 2).toByte +:
      (varint(if (name == wrong) length else bytes.length.toLong) ++ bytes)

  private def feature(wrong: String, length: Long): Array[Byte] = {
    val numbers = Array[Byte](0, 0, -128, 63, 0, 0, 0, 64)
    val list = field(1, numbers, "numbers", wrong, length)
    field(2, list, "list", wrong, length)
  }

  private def features(wrong: String, length: Long): Array[Byte] = {
    val value = field(2, feature(wrong, length), "feature", wrong, length)
    val entry = field(1, "value".getBytes, "key", wrong, length) ++ value
    field(1, entry, "entry", wrong, length)
  }

  private def example(op: String, wrong: String, length: Long): Array[Byte] = {
    val whole = field(1, features(wrong, length), "features", wrong, length)
    if (op != "ParseSequenceExample") whole
    else {
      val list = field(1, feature(wrong, length), "one", wrong, length)
      val entry = field(1, "list".getBytes, "name", wrong, length) ++
        field(2, list, "several", wrong, length)
      whole ++ field(2, field(1, entry, "lists", wrong, length), "all", wrong, length)
    }
  }

  private val lengths = Seq(1L << 31, (1L << 32) - 1, (1L << 34) - 1, 100L)
  private val inSequences = Seq("one", "name", "several", "lists", "all")

  for (op <- Seq("ParseExample", "ParseSingleExample", "ParseSequenceExample"))
    test(s"$op refuses a text with a false length, and parses one with the true length") {
      assert(failure(op, DT_FLOAT, example(op, "", 0)).isEmpty)
      assert(failure(op, DT_FLOAT, none).isEmpty)
      val places = Seq("features", "entry", "key", "feature", "list", "numbers") ++
        inSequences.filter(_ => op == "ParseSequenceExample")
      for (wrong <- places; length <- lengths)
        assert(failure(op, DT_FLOAT, example(op, wrong, length)).isDefined, s"$wrong $length")
    }

  test("the output of TensorFlow's own writer is parsed") {
    val values = Feature.newBuilder()
      .setInt64List(Int64List.newBuilder().addValue(-5).addValue(1L << 40))
    val other = Feature.newBuilder()
      .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFromUtf8("ä")))
    val written = Features.newBuilder()
      .putFeature("value", values.build())
      .putFeature("other", other.build())
      .putFeature("nothing", Feature.getDefaultInstance)
    val example = Example.newBuilder().setFeatures(written).build().toByteArray
    assert(failure("ParseExample", DT_INT64, example).isEmpty)
    assert(failure("ParseSingleExample", DT_INT64, example).isEmpty)
    val lists = FeatureLists.newBuilder()
      .putFeatureList(
        "list",
        FeatureList.newBuilder().addFeature(values).addFeature(values).build()
      )
    val sequence = SequenceExample.newBuilder().setContext(written).setFeatureLists(lists)
    assert(failure("ParseSequenceExample", DT_INT64, sequence.build().toByteArray).isEmpty)
  }

  // The parser would write all of them, beyond the tensor's memory.
  for (op <- Seq("ParseExample", "ParseSingleExample"))
    test(s"$op refuses more single floats than its tensor holds") {
      def part(number: Int, bytes: Array[Byte]) = field(number, bytes, "", " ", 0)
      def loose(count: Int) = part(2, Array.fill(count)(Array[Byte](13, 0, 0, -128, 63)).flatten)
      val packed = part(2, part(1, Array[Byte](0, 0, -128, 63, 0, 0, 0, 64)))
      def features(of: Array[Byte]) =
        part(1, part(1, part(1, "value".getBytes) ++ part(2, of)))
      for (good <- Seq(loose(2), packed)) assert(failure(dense(op), features(good)).isEmpty)
      val bad = Seq(3, 4, 1000).map(loose)
      val hidden = Seq(loose(3) ++ packed, loose(3) ++ part(2, none), packed ++ loose(3))
      for (wrong <- bad ++ hidden) assert(failure(dense(op), features(wrong)).isDefined)
      for (
        twice <- Seq(features(loose(3)) ++ features(packed), features(loose(3)) ++ part(1, none))
      )
        assert(failure(dense(op), twice).exists(_.contains("examples serialized")))
    }

  test("numbers are checked if the parser copies as many as the text says") {
    def looked(dtype: DataType) = {
      val parses = parser("ParseExample", dtype)
      val graph = GraphDef.newBuilder().addNode(parses).build()
      Guards.around(parses, Scope.of(graph)).count(_.getOp == "DecodeProtoV2")
    }
    assert(looked(DT_FLOAT) == 5 && looked(DT_INT64) == 3 && looked(DT_STRING) == 3)
  }
}
