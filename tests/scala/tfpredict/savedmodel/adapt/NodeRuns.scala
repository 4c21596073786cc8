package tfpredict.savedmodel.adapt

import java.nio.FloatBuffer

import scala.collection.JavaConverters._
import scala.util.Try

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.AttrValue.ListValue
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  GraphDef,
  NodeDef,
  TensorProto,
  TensorShapeProto
}
import org.tensorflow.{Graph, Session, Tensor}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.rules.{Rewriting, Scope}

/** Runs single nodes in the runtime. All inputs are ones. */
trait NodeRuns extends AnyFunSuite {
  protected val ones = ints(1, 1, 1, 1)
  protected val twos = ints(1, 2, 2, 1)
  protected val ones3 = ints(1, 1, 1, 1, 1)
  protected val twos3 = ints(1, 2, 2, 2, 1)
  protected val same = text("SAME")

  protected def ints(values: Long*): AttrValue = {
    val list = ListValue.newBuilder()
    values.foreach(value => list.addI(value))
    AttrValue.newBuilder().setList(list).build()
  }

  // With 2 channels. The first input is the one that gets another layout.
  protected val image = Seq(1L, 4L, 4L, 2L)
  protected val volume = Seq(1L, 4L, 4L, 4L, 2L)

  protected val U = "U" -> kind(DataType.DT_FLOAT)

  protected val float = kind(DataType.DT_FLOAT)

  protected def first(dims: Seq[Long]): Seq[Long] = dims.head +: dims.last +: dims.tail.init

  // Strides and windows in the order of the layout.
  protected def inLayout(value: AttrValue): AttrValue = value.getList.getICount match {
    case 0 => value
    case _ => ints(first(value.getList.getIList.asScala.map(_.longValue).toSeq): _*)
  }

  protected def constant(values: Seq[Long]): NodeDef = {
    val tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32)
    tensor.getTensorShapeBuilder.addDimBuilder().setSize(values.size.toLong)
    values.foreach(value => tensor.addIntVal(value.toInt))
    node("Const", "sizes")(
      "dtype" -> kind(DataType.DT_INT32),
      "value" -> AttrValue.newBuilder().setTensor(tensor).build()
    )
  }

  protected def run(node: NodeDef, shapes: Seq[Seq[Long]], sizes: Seq[Long] = Nil): Try[Unit] =
    Try(sum(node, shapes, sizes)).map(_ => ())

  /** The sum of the first output's elements, for inputs of ones. */
  protected def sum(node: NodeDef, shapes: Seq[Seq[Long]], sizes: Seq[Long] = Nil): Float =
    sumOf(Seq(node), shapes, sizes)

  /** The same for the nodes that the adapter's rules put in a node's place. */
  protected def sumOfRules(
      node: NodeDef,
      shapes: Seq[Seq[Long]],
      sizes: Seq[Long] = Nil
  ): Float = {
    val around = GraphDef.newBuilder().addNode(node)
    shapes.zipWithIndex.foreach { case (dims, index) =>
      val shape = TensorShapeProto.newBuilder()
      dims.foreach(size => shape.addDimBuilder().setSize(size))
      val known = AttrValue.newBuilder().setList(ListValue.newBuilder().addShape(shape)).build()
      around.addNode(placeholder(s"x$index").toBuilder.putAttr("_output_shapes", known))
    }
    val made = Rewriting.of(node, Scope.of(around.build()))
    assert(made.rules.nonEmpty && made.refusal.isEmpty, made.refusal)
    assert(made.nodes.flatMap(MissingKernels.of(_)).isEmpty)
    sumOf(made.nodes, shapes, sizes)
  }

  private def sumOf(nodes: Seq[NodeDef], shapes: Seq[Seq[Long]], sizes: Seq[Long]): Float = {
    val inputs = shapes.indices.map(index => placeholder(s"x$index"))
    val more = if (sizes.nonEmpty) Seq(constant(sizes)) else Nil
    fetch(inputs ++ more ++ nodes, shapes)
  }

  protected def fetch(nodes: Seq[NodeDef], shapes: Seq[Seq[Long]] = Nil): Float = {
    val definition = GraphDef.newBuilder().addAllNode(nodes.asJava)
    definition.getVersionsBuilder.setProducer(134)
    val graph = new Graph
    try {
      graph.importGraphDef(definition.build().toByteArray)
      val session = new Session(graph)
      val tensors = shapes.map { dims =>
        Tensor.create(dims.toArray, FloatBuffer.wrap(Array.fill(dims.product.toInt)(1f)))
      }
      try {
        val runner = session.runner().fetch("y")
        tensors.zipWithIndex.foreach { case (tensor, index) => runner.feed(s"x$index", tensor) }
        val result = runner.run().get(0)
        try {
          val found = FloatBuffer.allocate(result.numElements)
          if (result.dataType == org.tensorflow.DataType.FLOAT) result.writeTo(found)
          found.array.sum
        } finally result.close()
      } finally {
        tensors.foreach(_.close())
        session.close()
      }
    } finally graph.close()
  }
}
