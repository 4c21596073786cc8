package tfpredict.savedmodel.adapt.rules

import java.nio.ByteOrder

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, GraphDef, NodeDef, TensorProto}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.{ServingGraph, StateFlow}

/**
 * A rule's view of a node's surroundings: the graph or a library function. Names and references
 * have different forms in each.
 *
 * @param function
 *   the function's name; none in the graph
 * @param results
 *   references to the function's or the signatures' outputs
 */
final private[savedmodel] class Scope(
    val function: Option[String],
    nodes: Map[String, NodeDef],
    argumentShapes: Map[String, Vector[Long]],
    results: Iterable[String] = Nil
)(implicit val catalog: OpCatalog) {

  /** Whether an output of a node is a result of the function or of a signature. */
  def isResult(node: NodeDef): Boolean = results.exists(ServingGraph.nodeOf(_) == node.getName)

  /** All references to a node's outputs, from other nodes and from results. */
  def references(node: String): Seq[String] =
    (takers(node).flatMap(StateFlow.dataInputs) ++ results)
      .filter(ServingGraph.nodeOf(_) == node)

  /** The static shape of an input, if the graph states it, with -1 for unknown dimensions. */
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

  /** The scope with a rule's new nodes. */
  def and(made: Seq[NodeDef]): Scope =
    new Scope(
      function,
      nodes ++ made.map(node => node.getName -> node),
      argumentShapes,
      results
    )

  /** The node that an input refers to, or none for a function's argument. */
  def node(input: String): Option[NodeDef] =
    nodes.get(ServingGraph.nodeOf(input))

  /** The nodes that take a node's output, or wait for the node. */
  def takers(node: String): Seq[NodeDef] = takersOf.getOrElse(node, Nil)

  private lazy val takersOf: Map[String, Seq[NodeDef]] =
    nodes.values.toSeq
      .flatMap(node => node.getInputList.asScala.map(input => ServingGraph.nodeOf(input) -> node))
      .groupBy(_._1).map { case (name, pairs) => name -> pairs.map(_._2) }

  /** The value of an input that is a constant. */
  def constant(input: String): Option[TensorProto] =
    node(input).filter(_.getOp == "Const").map(_.getAttrOrThrow("value").getTensor)

  /** The elements of an int32 constant, even if the protobuf stores one for all. */
  def ints(input: String): Option[Seq[Int]] =
    constant(input).flatMap(Scope.elements).map(_.map(_.toInt))

  /** The elements of a boolean constant. */
  def flags(input: String): Option[Seq[Boolean]] =
    constant(input).filter(_.getDtype == DataType.DT_BOOL)
      .flatMap(Scope.elements).map(_.map(_ != 0))

  /** The elements of a constant vector of `count` strings, in the form of an attribute. */
  def strings(input: String, count: Int): Option[AttrValue] =
    constant(input).filter(_.getStringValCount == count).map { tensor =>
      val values = AttrValue.ListValue.newBuilder().addAllS(tensor.getStringValList)
      AttrValue.newBuilder().setList(values).build()
    }

  /** A reference to an output of a node, for other nodes here. */
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
   * The elements of an int32, int64 or boolean tensor. In a protobuf the last element may stand for
   * all that follow. If there is none, all are 0.
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

  // Maximum elements. No real shape or list of indices has more.
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
