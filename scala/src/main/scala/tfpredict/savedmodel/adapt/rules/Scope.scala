package tfpredict.savedmodel.adapt.rules

import java.nio.ByteOrder

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, GraphDef, NodeDef, TensorProto}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.{ServingGraph, StateFlow}

/**
 * What a rule can know of where a node stands: the graph or a library function, in which names and
 * references have their own forms.
 *
 * @param function
 *   the function's name; none in the graph
 * @param results
 *   references to what the function returns, or signatures give
 */
final private[savedmodel] class Scope(
    val function: Option[String],
    nodes: Map[String, NodeDef],
    argumentShapes: Map[String, Vector[Long]],
    results: Iterable[String] = Nil
)(implicit val catalog: OpCatalog) {

  /** Whether an output of a node is a result of the function, or a signature's. */
  def isResult(node: NodeDef): Boolean = results.exists(ServingGraph.nodeOf(_) == node.getName)

  /** How other nodes and results refer to the outputs of a node. */
  def references(node: String): Seq[String] =
    (takers(node).flatMap(StateFlow.dataInputs) ++ results)
      .filter(ServingGraph.nodeOf(_) == node)

  /**
   * The static shape of what an input refers to, with -1 for unknown dimensions, where it is kept.
   */
  def shape(input: String): Option[Vector[Long]] =
    argumentShapes.get(input).orElse {
      for {
        node <- nodes.get(input.takeWhile(_ != ':'))
        index <- input.split(':') match {
          case Array(_, output, place) => catalog.ops.place(node, output, place.toInt)
          case Array(_, place) => Some(place.toInt)
          case _ => Some(0)
        }
        shape <- Scope.shapes(node.getAttrMap.get("_output_shapes"), index)
      } yield shape
    }

  /** The scope with nodes that a rule made. */
  def and(made: Seq[NodeDef]): Scope =
    new Scope(
      function,
      nodes ++ made.map(node => node.getName -> node),
      argumentShapes,
      results
    )

  /** The node that an input refers to; none for a function's argument. */
  def node(input: String): Option[NodeDef] =
    nodes.get(ServingGraph.nodeOf(input))

  /** The nodes that take a node's output, or wait for it. */
  def takers(node: String): Seq[NodeDef] = takersOf.getOrElse(node, Nil)

  private lazy val takersOf: Map[String, Seq[NodeDef]] =
    nodes.values.toSeq
      .flatMap(node => node.getInputList.asScala.map(input => ServingGraph.nodeOf(input) -> node))
      .groupBy(_._1).map { case (name, pairs) => name -> pairs.map(_._2) }

  /** The value of a constant that an input refers to. */
  def constant(input: String): Option[TensorProto] =
    node(input).filter(_.getOp == "Const").map(_.getAttrOrThrow("value").getTensor)

  /** The elements of a constant of int32s; one may stand for all, as protobufs have them. */
  def ints(input: String): Option[Seq[Int]] =
    constant(input).flatMap(Scope.elements).map(_.map(_.toInt))

  /** The elements of a constant of bools. */
  def flags(input: String): Option[Seq[Boolean]] =
    constant(input).filter(_.getDtype == DataType.DT_BOOL)
      .flatMap(Scope.elements).map(_.map(_ != 0))

  /** The elements of a constant vector of so many strings, as an attribute has them. */
  def strings(input: String, count: Int): Option[AttrValue] =
    constant(input).filter(_.getStringValCount == count).map { tensor =>
      val values = AttrValue.ListValue.newBuilder().addAllS(tensor.getStringValList)
      AttrValue.newBuilder().setList(values).build()
    }

  /** How other nodes here refer to an output of a node. */
  def reference(node: String, output: String, index: Int): String =
    if (function.isDefined) s"$node:$output:$index" else if (index == 0) node else s"$node:$index"
}

private[savedmodel] object Scope {
  def of(graph: GraphDef, results: Iterable[String] = Nil)(implicit catalog: OpCatalog): Scope = {
    val nodes = graph.getNodeList.asScala.map(node => node.getName -> node).toMap
    new Scope(None, nodes, Map.empty, results)
  }

  def of(function: FunctionDef)(implicit catalog: OpCatalog): Scope = {
    val names = function.getSignature.getInputArgList.asScala.map(_.getName)
    val arguments = for {
      (name, index) <- names.zipWithIndex
      attributes <- Option(function.getArgAttrMap.get(index)).toSeq
      shape <- shapes(attributes.getAttrMap.get("_output_shapes"), 0)
    } yield name -> shape
    val nodes = function.getNodeDefList.asScala.map(node => node.getName -> node).toMap
    new Scope(
      Some(function.getSignature.getName),
      nodes,
      arguments.toMap,
      function.getRetMap.values.asScala
    )
  }

  /**
   * The elements of a tensor of int32s, int64s or bools. In a protobuf the last may stand for all
   * that follow, and where there is none all are 0.
   */
  def elements(tensor: TensorProto): Option[Seq[Long]] = {
    val sizes = tensor.getTensorShape.getDimList.asScala.map(_.getSize.toDouble)
    if (sizes.exists(_ < 0) || sizes.product > MaxElements) None
    else {
      val count = sizes.product.toInt
      written(tensor).map(_.take(count)).map(values =>
        values.padTo(count, values.lastOption.getOrElse(0L))
      )
    }
  }

  def dims(tensor: TensorProto): Vector[Long] =
    tensor.getTensorShape.getDimList.asScala.map(_.getSize.longValue).toVector

  // Nobody writes more into a graph as a shape or as indices.
  private val MaxElements = 1 << 20

  private def written(tensor: TensorProto): Option[Seq[Long]] = {
    val content = tensor.getTensorContent.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN)
    tensor.getDtype match {
      case DataType.DT_INT32 if content.hasRemaining =>
        Some(Seq.fill(content.remaining / 4)(content.getInt().toLong))
      case DataType.DT_INT64 if content.hasRemaining =>
        Some(Seq.fill(content.remaining / 8)(content.getLong()))
      case DataType.DT_BOOL if content.hasRemaining =>
        Some(Seq.fill(content.remaining)(content.get().toLong))
      case DataType.DT_BOOL => Some(tensor.getBoolValList.asScala.map(if (_) 1L else 0L).toSeq)
      case DataType.DT_INT32 => Some(tensor.getIntValList.asScala.map(_.longValue).toSeq)
      case DataType.DT_INT64 => Some(tensor.getInt64ValList.asScala.map(_.longValue).toSeq)
      case _ => None
    }
  }

  private def shapes(value: AttrValue, index: Int): Option[Vector[Long]] =
    Option(value)
      .filter(_.getList.getShapeCount > index)
      .map(_.getList.getShape(index))
      .filterNot(_.getUnknownRank)
      .map(_.getDimList.asScala.map(_.getSize).toVector)
}
