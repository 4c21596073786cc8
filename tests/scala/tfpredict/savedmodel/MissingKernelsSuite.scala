package tfpredict.savedmodel

import java.nio.FloatBuffer

import scala.collection.JavaConverters._
import scala.util.{Failure, Success, Try}

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.AttrValue.ListValue
import org.tensorflow.framework.{AttrValue, DataType, GraphDef, NodeDef, TensorProto}
import org.tensorflow.{Graph, Session, Tensor}

import tfpredict.GraphModel._

/** What the table says of layouts and dtypes, held against what the runtime does. */
class MissingKernelsSuite extends AnyFunSuite {
  private val ones = ints(1, 1, 1, 1)
  private val twos = ints(1, 2, 2, 1)
  private val ones3 = ints(1, 1, 1, 1, 1)
  private val twos3 = ints(1, 2, 2, 2, 1)
  private val same = text("SAME")

  private def ints(values: Long*): AttrValue = {
    val list = ListValue.newBuilder()
    values.foreach(value => list.addI(value))
    AttrValue.newBuilder().setList(list).build()
  }

  // Channels are 2 of each pixel; what is moved is the first of the inputs.
  private val image = Seq(1L, 4L, 4L, 2L)
  private val volume = Seq(1L, 4L, 4L, 4L, 2L)

  private case class Case(
      op: String,
      moved: Seq[Long],
      others: Seq[Seq[Long]],
      attributes: Map[String, AttrValue] = Map.empty,
      // Of what a transposed convolution gives: it is the first input then, and the image the last.
      sizes: Seq[Long] = Nil
  )

  private def pooled(op: String, of: Seq[Long], by: AttrValue) =
    Case(op, of, Nil, Map("ksize" -> by, "strides" -> by, "padding" -> same))

  private def normalised(op: String, more: (String, AttrValue)*) =
    Case(op, image, Seq.fill(4)(Seq(2L)), Map("is_training" -> flag(false)) ++ more)

  private def flag(value: Boolean): AttrValue = AttrValue.newBuilder().setB(value).build()

  private val U = "U" -> kind(DataType.DT_FLOAT)

  private val cases = Seq(
    Case(
      "Conv2D",
      image,
      Seq(Seq(2L, 2L, 2L, 3L)),
      Map("strides" -> ones, "padding" -> same)
    ),
    Case(
      "DepthwiseConv2dNative",
      image,
      Seq(Seq(2L, 2L, 2L, 1L)),
      Map("strides" -> ones, "padding" -> same)
    ),
    Case(
      "Conv3D",
      volume,
      Seq(Seq(2L, 2L, 2L, 2L, 3L)),
      Map("strides" -> ones3, "padding" -> same)
    ),
    pooled("MaxPool", image, twos),
    pooled("AvgPool", image, twos),
    pooled("MaxPool3D", volume, twos3),
    pooled("AvgPool3D", volume, twos3),
    normalised("FusedBatchNorm"),
    normalised("FusedBatchNormV2", U),
    normalised("FusedBatchNormV3", U),
    Case(
      "Conv2DBackpropInput",
      image,
      Seq(Seq(2L, 2L, 3L, 2L)),
      Map("strides" -> ones, "padding" -> same),
      Seq(1L, 4L, 4L, 3L)
    ),
    Case(
      "DepthwiseConv2dNativeBackpropInput",
      image,
      Seq(Seq(2L, 2L, 2L, 1L)),
      Map("strides" -> ones, "padding" -> same),
      image
    ),
    Case(
      "Conv3DBackpropInputV2",
      volume,
      Seq(Seq(2L, 2L, 2L, 3L, 2L)),
      Map("strides" -> ones3, "padding" -> same),
      Seq(1L, 4L, 4L, 4L, 3L)
    ),
    Case("BiasAdd", image, Seq(Seq(2L))),
    Case("SpaceToDepth", image, Nil, Map("block_size" -> AttrValue.newBuilder().setI(2).build())),
    Case(
      "DepthToSpace",
      Seq(1L, 4L, 4L, 4L),
      Nil,
      Map("block_size" -> AttrValue.newBuilder().setI(2).build())
    )
  )

  private def first(dims: Seq[Long]): Seq[Long] = dims.head +: dims.last +: dims.tail.init

  // Strides and windows are in the order of the layout.
  private def inLayout(value: AttrValue): AttrValue = value.getList.getICount match {
    case 0 => value
    case _ => ints(first(value.getList.getIList.asScala.map(_.longValue)): _*)
  }

  private def nodeOf(example: Case, layout: String, attributes: Map[String, AttrValue]): NodeDef = {
    val given = (0 to example.others.size).map(index => s"x$index")
    val inputs = if (example.sizes.isEmpty) given else "sizes" +: given.reverse
    node(example.op, "y", inputs: _*)(
      (attributes + ("T" -> kind(DataType.DT_FLOAT)) + ("data_format" -> text(layout))).toSeq: _*
    )
  }

  private def constant(values: Seq[Long]): NodeDef = {
    val tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32)
    tensor.getTensorShapeBuilder.addDimBuilder().setSize(values.size.toLong)
    values.foreach(value => tensor.addIntVal(value.toInt))
    node("Const", "sizes")(
      "dtype" -> kind(DataType.DT_INT32),
      "value" -> AttrValue.newBuilder().setTensor(tensor).build()
    )
  }

  private def run(node: NodeDef, shapes: Seq[Seq[Long]], sizes: Seq[Long] = Nil): Try[Unit] = Try {
    val definition = GraphDef.newBuilder()
    definition.getVersionsBuilder.setProducer(134)
    shapes.indices.foreach(index => definition.addNode(placeholder(s"x$index")))
    if (sizes.nonEmpty) definition.addNode(constant(sizes))
    val graph = new Graph
    try {
      graph.importGraphDef(definition.addNode(node).build().toByteArray)
      val session = new Session(graph)
      val tensors = shapes.map { dims =>
        Tensor.create(dims.toArray, FloatBuffer.wrap(Array.fill(dims.product.toInt)(1f)))
      }
      try {
        val runner = session.runner().fetch("y")
        tensors.zipWithIndex.foreach { case (tensor, index) => runner.feed(s"x$index", tensor) }
        runner.run().asScala.foreach(_.close())
      } finally {
        tensors.foreach(_.close())
        session.close()
      }
    } finally graph.close()
  }

  for (example <- cases) {
    val is3D = example.moved.size == 5
    val (last, head) = if (is3D) ("NDHWC", "NCDHW") else ("NHWC", "NCHW")
    test(s"${example.op} runs with channels where the table says that it does") {
      val plain = nodeOf(example, last, example.attributes)
      run(plain, example.moved +: example.others, example.sizes).get
      assert(MissingKernels.of(plain).isEmpty)

      val attributes = example.attributes.map { case (name, value) => name -> inLayout(value) }
      val moved = nodeOf(example, head, attributes)
      val sizes = if (example.sizes.isEmpty) Nil else first(example.sizes)
      run(moved, first(example.moved) +: example.others, sizes) match {
        case Success(_) => assert(MissingKernels.of(moved).isEmpty)
        case Failure(failed) =>
          assert(MissingKernels.of(moved).exists(_.contains(s"data_format=$head")), failed)
      }
    }
  }

  test("a dtype that no kernel takes is told with the attribute") {
    val neg = node("Selu", "y", "x0")("T" -> kind(DataType.DT_BFLOAT16))
    assert(MissingKernels.of(neg).isEmpty == run(neg, Seq(Seq(1L))).isSuccess)
    val words = node("Unique", "y", "x0")("T" -> kind(DataType.DT_COMPLEX64))
    assert(MissingKernels.of(words).contains(
      "op Unique with T=complex64 and out_idx=int32, which has no kernel for a CPU,"
    ))
    assert(MissingKernels.of(words.toBuilder.putAttr("T", kind(DataType.DT_FLOAT)).build()).isEmpty)
    val open = node("Unique", "y", "x0")("T" -> AttrValue.newBuilder().setPlaceholder("T").build())
    assert(MissingKernels.of(open).isEmpty)
    val none = MissingKernels.of(node("CudnnRNN", "y")()).get
    assert(none == "op CudnnRNN, which has no kernel for a CPU,")
  }

  test("what runs with no kernel of its own, and what is unknown, is nobody's to refuse here") {
    for (op <- Seq("AccumulateNV2", "Unheard", "While", "PartitionedCall", "Placeholder", "NoOp"))
      assert(MissingKernels.of(node(op, "y")("dtype" -> kind(DataType.DT_FLOAT))).isEmpty, op)
  }
}
