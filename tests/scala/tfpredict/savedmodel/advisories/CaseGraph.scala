package tfpredict.savedmodel.advisories

import scala.collection.JavaConverters._
import scala.collection.mutable

import com.google.protobuf.ByteString
import org.tensorflow.TensorFlow
import org.tensorflow.framework.AttrValue.ListValue
import org.tensorflow.framework.OpDef.ArgDef
import org.tensorflow.framework._

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.rules.{Guards, Rewriting, Scope}
import tfpredict.savedmodel.adapt.{ForbiddenOps, Misplaced}

/**
 * A case's graph. Attributes that a case does not give, such as types and numbers of inputs, are
 * derived from its inputs, as an exporter would.
 *
 * @param hidden
 *   whether the constants' shapes and values are unknown until they run, like those of a row.
 *   Otherwise the runtime would refuse or compute them before the kernels run.
 */
final class CaseGraph(test: OpCase, hidden: Boolean) {
  import CaseGraph._
  import OpCase._

  private val graph = GraphDef.newBuilder()
  graph.getVersionsBuilder.setProducer(134)
  private val types = mutable.Map.empty[String, Seq[DataType]]
  private var made = 0

  /** The name of the node that the advisory is about. */
  val last: String = test.nodes.foldLeft(Option.empty[String]) { (before, node) =>
    Some(add(node, before))
  }.get

  def nodes: Seq[NodeDef] = graph.getNodeList.asScala.toSeq

  private def scope: Scope = Scope.of(graph.build())

  /** Whether a node is in a place where it must not be. */
  def isMisplaced: Boolean = {
    val misplaced = new Misplaced(_ => None)
    nodes.exists(misplaced.reason(_, scope).isDefined)
  }

  /** The reason that such a model is refused at registration. */
  def refusal: Option[String] = nodes.flatMap { node =>
    lazy val rewriting = Rewriting.of(node, scope)
    ForbiddenOps.reason(node).orElse(catalog.ops.miscounted(node))
      .orElse(rewriting.refusal)
      .orElse(rewriting.nodes.flatMap(ForbiddenOps.reason(_)).headOption)
      .orElse(Guards.refusal(rewriting.nodes, scope))
      .orElse(new Misplaced(_ => None).reason(node, scope))
  }.headOption

  /** The graph as it is loaded, with the rules' nodes and the checks. */
  def bytes: Array[Byte] = {
    val loaded = nodes.flatMap { node =>
      val rewriting = Rewriting.of(node, scope)
      val made = if (rewriting.refusal.isEmpty) rewriting.nodes else Seq(node)
      Guards.around(made, scope)
    }
    graph.clone().clearNode().addAllNode(loaded.asJava).build().toByteArray
  }

  private def fresh(): String = { made += 1; s"n$made" }

  private def add(node: Node, before: Option[String]): String = {
    val op = ops.getOrElse(node.op, throw new IllegalArgumentException(s"no op ${node.op}"))
    val name = node.name.getOrElse(fresh())
    val built = NodeDef.newBuilder().setName(name).setOp(node.op)
    for ((key, text) <- node.attributes) {
      val definition = op.getAttrList.asScala.find(_.getName == key)
      val kind = definition.getOrElse(throw new IllegalArgumentException(s"${node.op}: no $key"))
      built.putAttr(key, attribute(kind.getType, text))
    }
    require(
      op.getInputArgCount == node.inputs.size,
      s"${node.op} has ${op.getInputArgCount} inputs: ${test.line}"
    )
    for ((argument, input) <- op.getInputArgList.asScala.zip(node.inputs)) {
      val each = input match {
        case Several(inputs) => inputs
        case one => Seq(one)
      }
      val found = each.map(place)
      found.foreach { case (tensor, _) => built.addInput(tensor) }
      def infer(key: String, value: => AttrValue): Unit =
        if (key.nonEmpty && !built.containsAttr(key)) { built.putAttr(key, value); () }
      infer(argument.getNumberAttr, attribute("int", each.size.toString))
      if (found.nonEmpty) infer(argument.getTypeAttr, typed(found.head._2))
      infer(
        argument.getTypeListAttr,
        AttrValue.newBuilder
          .setList(ListValue.newBuilder.addAllType(found.map(_._2).asJava))
          .build()
      )
    }
    before.foreach(earlier => built.addInput(s"^$earlier"))
    op.getAttrList.asScala.filter(_.hasDefaultValue).filterNot(a => built.containsAttr(a.getName))
      .foreach(a => built.putAttr(a.getName, a.getDefaultValue))
    graph.addNode(built)
    types(name) = op.getOutputArgList.asScala.flatMap(outputTypes(_, built)).toSeq
    name
  }

  private def outputTypes(output: ArgDef, node: NodeDef.Builder): Seq[DataType] = {
    val attributes = node.getAttrMap
    if (output.getTypeListAttr.nonEmpty)
      attributes.get(output.getTypeListAttr).getList.getTypeList.asScala.toSeq
    else {
      val one =
        if (output.getTypeAttr.isEmpty) output.getType
        else attributes.get(output.getTypeAttr).getType
      val count =
        if (output.getNumberAttr.isEmpty) 1 else attributes.get(output.getNumberAttr).getI.toInt
      Seq.fill(count)(one)
    }
  }

  private def place(input: Fed): (String, DataType) = input match {
    case Output(node, index) => s"$node:$index" -> types(node)(index)
    case constant: Constant =>
      val dtype = dtypes(constant.dtype)
      val name = fresh()
      val node = NodeDef.newBuilder().setName(name).setOp("Const").putAttr("dtype", typed(dtype))
      val value = CaseTensor.of(dtype, constant.shape, constant.values)
      graph.addNode(node.putAttr("value", AttrValue.newBuilder.setTensor(value).build()))
      if (!hidden) name -> dtype
      else {
        val unknown = AttrValue.newBuilder
          .setShape(TensorShapeProto.newBuilder.setUnknownRank(true))
          .build()
        graph.addNode(
          NodeDef
            .newBuilder()
            .setName(s"hidden_$name")
            .setOp("PlaceholderWithDefault")
            .addInput(name)
            .putAttr("dtype", typed(dtype))
            .putAttr("shape", unknown)
        )
        s"hidden_$name" -> dtype
      }
    case _: Several => throw new IllegalArgumentException(s"a list in a list: ${test.line}")
  }
}

object CaseGraph {
  private[advisories] lazy val ops: Map[String, OpDef] =
    OpList.parseFrom(TensorFlow.registeredOpList()).getOpList.asScala.map(op =>
      op.getName -> op
    ).toMap

  private def dtypes(name: String): DataType = DataType.valueOf(s"DT_${name.toUpperCase}")

  private def typed(dtype: DataType): AttrValue = AttrValue.newBuilder.setType(dtype).build()

  private def list(text: String): Seq[String] =
    text.stripPrefix("[").stripSuffix("]").split(',').map(_.trim).filter(_.nonEmpty).toSeq

  private def shape(text: String): TensorShapeProto = {
    val found = TensorShapeProto.newBuilder()
    if (text == "?") found.setUnknownRank(true)
    else list(text).foreach(size => found.addDimBuilder().setSize(size.toLong))
    found.build()
  }

  private def attribute(kind: String, text: String): AttrValue = {
    val value = AttrValue.newBuilder()
    val items = ListValue.newBuilder()
    kind match {
      case "int" => value.setI(text.toLong)
      case "float" => value.setF(text.toFloat)
      case "bool" => value.setB(text.toBoolean)
      case "string" => value.setS(ByteString.copyFromUtf8(text))
      case "type" => value.setType(dtypes(text))
      case "shape" => value.setShape(shape(text))
      case "func" => value.getFuncBuilder.setName(text)
      case "tensor" => value.setTensor(CaseTensor.of(DataType.DT_FLOAT, Nil, Seq(text)))
      case "list(int)" =>
        value.setList(items.addAllI(list(text).map(n => Long.box(n.toLong)).asJava))
      case "list(float)" =>
        value.setList(items.addAllF(list(text).map(n => Float.box(n.toFloat)).asJava))
      case "list(type)" => value.setList(items.addAllType(list(text).map(dtypes).asJava))
      case "list(string)" =>
        value.setList(items.addAllS(list(text).map(ByteString.copyFromUtf8).asJava))
      // A list of shapes is written [2x3 4 scalar ?].
      case "list(shape)" =>
        text.stripPrefix("[").stripSuffix("]").split(' ').filter(_.nonEmpty).foreach { one =>
          items.addShape(shape(if (one == "scalar") "[]" else one.replace('x', ',')))
        }
        value.setList(items)
      case other => throw new IllegalArgumentException(s"an attribute of kind $other")
    }
    value.build()
  }
}
