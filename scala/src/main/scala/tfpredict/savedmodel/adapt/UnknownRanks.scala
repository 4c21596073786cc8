package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{DataType, MetaGraphDef, NodeDef, TensorInfo, TensorShapeProto}

import tfpredict.engine.OpCatalog

/**
 * Gives inputs and outputs of unknown rank the shape that the graph's ops imply. A placeholder of
 * strings that are parsed as `tf.train.Example`s has one string per row. The parsed values, and
 * those computed from them, then have one entry per row. TensorFlow 1 wrote such models from
 * `tf.placeholder(tf.string)`.
 *
 * An inferred shape is only a promise: each batch's answer is checked against it.
 */
final private[savedmodel] class UnknownRanks(graph: MetaGraphDef)(implicit catalog: OpCatalog) {
  import StateFlow.dataInputs
  import UnknownRanks._

  private val serving = new ServingGraph(graph)

  /** The graph with the inferred shapes. */
  def known: MetaGraphDef = {
    val builder = graph.toBuilder
    for ((name, signature) <- serving.signatures) {
      val parsed = signature.getInputsMap.asScala.filter { case (_, info) => isParsed(info) }.toMap
      val fed = parsed.values.map(info => ServingGraph.nodeOf(info.getName)).toSet
      val open = signature.getOutputsMap.asScala.filter(_._2.getTensorShape.getUnknownRank).toMap
      val changed = signature.toBuilder
      for ((input, info) <- parsed) changed.putInputs(input, shaped(info, Vector(-1L)))
      if (fed.nonEmpty) {
        for ((output, info) <- open; shape <- new Shapes(fed).of(info.getName, Most))
          changed.putOutputs(output, shaped(info, shape))
      }
      if (parsed.nonEmpty) builder.putSignatureDef(name, changed.build())
    }
    builder.build()
  }

  // Whether only parsers take the input. Each of these ops accepts a vector only.
  private def isParsed(info: TensorInfo): Boolean = {
    val name = ServingGraph.nodeOf(info.getName)
    def takers(of: String): Seq[(NodeDef, Int)] = for {
      node <- serving.nodes.values.toSeq
      (input, index) <- dataInputs(node).zipWithIndex
      if ServingGraph.nodeOf(input) == of
    } yield (node, index)
    def vector(of: String, steps: Int): Boolean = {
      val found = takers(of)
      found.nonEmpty && steps > 0 && found.forall { case (node, index) =>
        Parsers(node.getOp) && index == 0 || node.getOp == "Identity" &&
        vector(node.getName, steps - 1)
      }
    }
    info.getTensorShape.getUnknownRank && info.getDtype == DataType.DT_STRING &&
    vector(name, Few)
  }

  private def shaped(info: TensorInfo, dims: Vector[Long]): TensorInfo = {
    val shape = TensorShapeProto.newBuilder()
    dims.foreach(size => shape.addDimBuilder().setSize(size))
    info.toBuilder.setTensorShape(shape).build()
  }

  /** Shapes of the graph's tensors, with -1 for an open dimension. */
  private class Shapes(fed: Set[String]) {

    def of(tensor: String, steps: Int): Option[Vector[Long]] =
      if (steps == 0) None
      else serving.nodes.get(ServingGraph.nodeOf(tensor)).flatMap(of(_, tensor, steps - 1))

    private def of(node: NodeDef, tensor: String, steps: Int): Option[Vector[Long]] = {
      val inputs = dataInputs(node)
      def input(index: Int) = inputs.lift(index).flatMap(of(_, steps))
      def ints(index: Int) = inputs.lift(index).flatMap(serving.scope.ints)
      def flag(name: String) = Option(node.getAttrMap.get(name)).exists(_.getB)
      node.getOp match {
        case "Const" =>
          Option(node.getAttrMap.get("value")).map(value => dims(value.getTensor.getTensorShape))
        case "VarHandleOp" | "VariableV2" | "Variable" =>
          Option(node.getAttrMap.get("shape")).map(_.getShape).filterNot(_.getUnknownRank).map(dims)
        case op if fed(node.getName) && op == "Placeholder" => Some(Vector(-1L))
        case op if Parsers(op) => parsed(node, tensor)
        case op if Same(op) => input(0)
        case "LookupTableFindV2" | "LookupTableFind" => input(1)
        case op if Broadcasting(op) =>
          for (one <- input(0); other <- input(1); both <- broadcast(one, other)) yield both
        case "MatMul" =>
          // A product is a matrix, even if its factors' shapes are unknown.
          val rows = input(0).flatMap(_.lift(if (flag("transpose_a")) 1 else 0)).getOrElse(-1L)
          val columns = input(1).flatMap(_.lift(if (flag("transpose_b")) 0 else 1)).getOrElse(-1L)
          Some(Vector(rows, columns))
        case "BatchMatMul" | "BatchMatMulV2" | "BatchMatMulV3" =>
          for (one <- input(0); other <- input(1) if one.size == 2 && other.size == 2)
            yield Vector(
              one(if (flag("adj_x")) 1 else 0),
              other(if (flag("adj_y")) 0 else 1)
            )
        case "TopKV2" =>
          for (of <- input(0); k <- ints(1).flatMap(_.headOption)) yield of.init :+ k.toLong
        case "ArgMax" =>
          for {
            of <- input(0)
            axis <- ints(1).flatMap(_.headOption)
            at = if (axis < 0) axis + of.size else axis
            if of.indices.contains(at)
          } yield of.patch(at, Nil, 1)
        case "Reshape" => ints(1).map(_.map(_.toLong).toVector)
        case _ => None
      }
    }
  }
}

private[savedmodel] object UnknownRanks {

  /** A graph whose signatures have the shapes that its ops imply. */
  def known(graph: MetaGraphDef)(implicit catalog: OpCatalog): MetaGraphDef =
    new UnknownRanks(graph).known

  private val Most = 200
  private val Few = 10

  private val Parsers = Set("ParseExample", "ParseExampleV2") ++
    Set("ParseSequenceExample", "ParseSequenceExampleV2")

  // Ops whose output has the shape of their first input.
  private val Same = Set("Identity", "ReadVariableOp", "StopGradient", "Cast", "BiasAdd") ++
    Set("Softmax", "LogSoftmax", "Sigmoid", "Tanh", "Relu", "Relu6", "Elu", "Exp", "Log", "Neg")

  private val Broadcasting =
    Set("Add", "AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "SquaredDifference")

  private def dims(shape: TensorShapeProto): Vector[Long] =
    shape.getDimList.asScala.map(_.getSize).toVector

  // The op's outputs start with three lists of sparse parts. Dense values follow.
  private def parsed(node: NodeDef, tensor: String): Option[Vector[Long]] = {
    val index = tensor.split(':').lift(1).filter(_.matches("[0-9]{1,6}")).fold(0)(_.toInt)
    val sparse = Seq("Nsparse", "num_sparse").flatMap(name => Option(node.getAttrMap.get(name)))
    val shapes =
      Option(node.getAttrMap.get("dense_shapes")).toSeq.flatMap(_.getList.getShapeList.asScala)
    sparse.headOption
      .map(count => index - 3 * count.getI.toInt)
      .flatMap(shapes.lift)
      .filterNot(_.getUnknownRank)
      .map(-1L +: dims(_))
  }

  private def broadcast(one: Vector[Long], other: Vector[Long]): Option[Vector[Long]] = {
    val size = one.size.max(other.size)
    val pairs = one.reverse.padTo(size, 1L).zip(other.reverse.padTo(size, 1L)).reverse
    if (pairs.exists { case (a, b) => a != b && a > 1 && b > 1 }) None
    else Some(pairs.map { case (a, b) => if (a == 1) b else if (b == 1) a else a.max(b) })
  }
}
