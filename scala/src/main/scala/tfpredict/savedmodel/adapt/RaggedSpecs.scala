package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, MetaGraphDef, NodeDef, SignatureDef, TensorInfo}
import tensorflow.Struct.StructuredValue.KindCase
import tensorflow.Struct.TypeSpecProto.TypeSpecClass
import tensorflow.Struct.{StructuredValue, TypeSpecProto}

/**
 * A ragged input of a signature: its parts and its dimensions.
 *
 * @param parts
 *   the names of the signature's inputs that form it: first its elements, then its row splits,
 *   outermost first; the first is also the argument's name
 * @param dims
 *   the dimensions; -1 if a dimension is open, or differs by row
 */
final private[savedmodel] case class RaggedInput(parts: Seq[String], dims: Vector[Long]) {
  def name: String = parts.head

  /** Number of dimensions with splits. */
  def rank: Int = parts.size - 1
}

/**
 * Finds the signature's inputs that are parts of a ragged tensor. The signature itself does not
 * show this. The function that it calls describes its arguments.
 */
private[savedmodel] object RaggedSpecs {

  def inputs(graph: MetaGraphDef, signature: SignatureDef): Seq[RaggedInput] = {
    val specs = graph.getObjectGraphDef.getConcreteFunctionsMap.asScala
      .mapValues(function => flat(function.getCanonicalizedInputSignature))
      .filter(_._2.exists(_.exists(_.dims.isDefined)))
    if (specs.isEmpty) Nil
    else {
      val calls = new Calls(graph, signature)
      specs.toSeq
        .sortBy(_._1)
        .flatMap { case (function, arguments) =>
          arguments.toSeq.flatMap(found => calls.of(function).flatMap(inputs(found, _)))
        }
        .distinct
    }
  }

  // The ragged arguments of a function, with the inputs that they were passed.
  private def inputs(arguments: Seq[Argument], passed: Seq[Option[String]]): Seq[RaggedInput] = {
    val starts = arguments.scanLeft(0)(_ + _.count)
    arguments.zip(starts).flatMap {
      case (Argument(count, Some(dims)), start) =>
        val parts = passed.slice(start, start + count).flatten
        if (parts.size == count) Some(RaggedInput(parts, dims)) else None
      case _ => None
    }
  }

  /**
   * @param count
   *   number of its tensors
   * @param dims
   *   its dimensions, if it is ragged
   */
  final private case class Argument(count: Int, dims: Option[Vector[Long]])

  // None if it contains an unknown kind of value.
  private def flat(value: StructuredValue): Option[Seq[Argument]] = {
    def all(values: Seq[StructuredValue]): Option[Seq[Argument]] = {
      val found = values.map(flat)
      if (found.forall(_.isDefined)) Some(found.flatMap(_.get)) else None
    }
    value.getKindCase match {
      case KindCase.TENSOR_SPEC_VALUE => Some(Seq(Argument(1, None)))
      case KindCase.TYPE_SPEC_VALUE => ragged(value.getTypeSpecValue).map(Seq(_))
      case KindCase.TUPLE_VALUE => all(value.getTupleValue.getValuesList.asScala.toSeq)
      case KindCase.LIST_VALUE => all(value.getListValue.getValuesList.asScala.toSeq)
      case KindCase.DICT_VALUE =>
        all(value.getDictValue.getFieldsMap.asScala.toSeq.sortBy(_._1).map(_._2))
      case KindCase.NAMED_TUPLE_VALUE =>
        all(value.getNamedTupleValue.getValuesList.asScala.map(_.getValue).toSeq)
      case KindCase.NONE_VALUE | KindCase.BOOL_VALUE | KindCase.INT64_VALUE |
          KindCase.FLOAT64_VALUE | KindCase.STRING_VALUE =>
        Some(Nil)
      case _ => None
    }
  }

  private def ragged(spec: TypeSpecProto): Option[Argument] =
    dims(spec).map { case (rank, dims) => Argument(rank + 1, Some(dims)) }

  /**
   * A ragged tensor's number of dimensions with splits, and all its dimensions, if they are known.
   */
  def dims(spec: TypeSpecProto): Option[(Int, Vector[Long])] = {
    val state = spec.getTypeState.getTupleValue.getValuesList.asScala
    if (spec.getTypeSpecClass != TypeSpecClass.RAGGED_TENSOR_SPEC || state.size < 3) None
    else {
      val shape = state.head.getTensorShapeValue
      val dims = shape.getDimList.asScala.map(_.getSize).toVector
      val rank = state(2).getInt64Value.toInt
      if (shape.getUnknownRank || rank < 1 || rank >= dims.size) None
      else Some((rank, dims.head +: (Vector.fill(rank)(-1L) ++ dims.drop(rank + 1))))
    }
  }

  /**
   * The signature's inputs that a function takes. The graph may call the function, or one of its
   * calls may.
   */
  final private class Calls(graph: MetaGraphDef, signature: SignatureDef) {
    private val inputs: Map[String, String] =
      signature.getInputsMap.asScala.toSeq
        .filter(_._2.getEncodingCase == TensorInfo.EncodingCase.NAME)
        .map { case (name, info) => info.getName.stripSuffix(":0") -> name }
        .toMap

    private val functions: Map[String, FunctionDef] =
      graph.getGraphDef.getLibrary.getFunctionList.asScala
        .map(function => function.getSignature.getName -> function)
        .toMap

    def of(function: String): Seq[Seq[Option[String]]] = {
      val inGraph = graph.getGraphDef.getNodeList.asScala.map(node => (node, inputs))
      val inCalls = for {
        (node, names) <- inGraph
        caller <- called(node).flatMap(functions.get).toSeq
        arguments = caller.getSignature.getInputArgList.asScala.map(_.getName)
        passed = arguments.zip(data(node)).flatMap { case (argument, tensor) =>
          names.get(tensor).map(argument -> _)
        }
        if passed.nonEmpty
        inner <- caller.getNodeDefList.asScala
      } yield (inner, passed.toMap)
      (inGraph ++ inCalls)
        .filter { case (node, _) => called(node).contains(function) }
        .map { case (node, names) => data(node).map(names.get) }.toSeq
    }

    private def called(node: NodeDef): Option[String] =
      Option(node.getAttrMap.get("f")).map(_.getFunc.getName)

    private def data(node: NodeDef): Seq[String] =
      StateFlow.dataInputs(node).map(_.stripSuffix(":0"))
  }
}
