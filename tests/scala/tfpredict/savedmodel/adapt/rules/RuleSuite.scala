package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  FunctionDef,
  GraphDef,
  MetaGraphDef,
  NodeDef,
  TensorProto,
  TensorShapeProto
}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.TestModels
import tfpredict.model.ModelVerifier
import tfpredict.savedmodel.adapt.{Adapter, PreparedGraph}
import tfpredict.savedmodel.format.SavedModelFile

/**
 * Shared code of the rules' suites. It replays models that were exported with TensorFlow's own
 * results, and applies a rule to handmade nodes. Both are tested in the graph and in a library
 * function.
 */
abstract class RuleSuite(rule: NodeRule) extends AnyFunSuite {

  /** Replays a model of `tests/models/rules.py`. Each of its signatures needs the rule. */
  protected def assertParity(name: String, signatures: String*): Unit = {
    assertParityAt(name, signatures)
    assertParityInGraph(name, signatures: _*)
  }

  /** The same for ops that no function of today's TensorFlow uses. */
  protected def assertParityInGraph(name: String, signatures: String*): Unit =
    assertParityAt(s"${name}_in_graph", signatures)

  private def assertParityAt(place: String, signatures: Seq[String]): Unit = {
    val spec = TestModels.spec(s"rules/$place").copy(signature = signatures.head)
    val graph = PreparedGraph.read(spec, TestModels.made.resolve(s"rules/$place/1"))
    val inGraph = ops(graph.getGraphDef.getNodeList.asScala.toSeq)
    assert(inGraph.exists(rule.ops) == place.endsWith("_in_graph"), place)
    val adapted = Adapter.adapt(spec, graph).getMetaGraphs(0)
    assert(SavedModelFile.signatureDefs(adapted).keySet == signatures.toSet, place)
    val report = ModelVerifier.verify(spec)
    assert(report.outputs.map(_.signature).toSet == signatures.toSet, place)
    for (output <- report.outputs) {
      info(f"$place ${output.signature}.${output.output}: ${output.difference}%.1e")
      assert(output.difference <= ModelVerifier.Tolerance, s"$place: ${output.signature}")
    }
  }

  /** All ops of an exported model. */
  protected def ops(graph: MetaGraphDef): Seq[String] =
    ops(graph.getGraphDef.getNodeList.asScala.toSeq ++
      graph.getGraphDef.getLibrary.getFunctionList.asScala.flatMap(_.getNodeDefList.asScala))

  private def ops(nodes: Seq[NodeDef]): Seq[String] = nodes.map(_.getOp)

  /** The rule's verdicts on a node among others: in the graph, and in a function. */
  protected def verdicts(node: NodeDef, others: NodeDef*): Seq[Verdict] = {
    val all = (node +: others).asJava
    val function = FunctionDef.newBuilder().addAllNodeDef(all)
    function.getSignatureBuilder.setName("f")
    Seq(
      Scope.of(GraphDef.newBuilder().addAllNode(all).build()),
      Scope.of(function.build())
    ).map(rule(node, _))
  }

  protected def assertKept(node: NodeDef, others: NodeDef*): Unit =
    assert(verdicts(node, others: _*).forall(_ == Verdict.Keep))

  protected def assertRefused(why: String, node: NodeDef, others: NodeDef*): Unit =
    assert(verdicts(node, others: _*).forall(_ == Verdict.Refuse(why)))

  /** The ops that replace a node, equal in both places. */
  protected def replacement(node: NodeDef, others: NodeDef*): Seq[NodeDef] = {
    val Seq(inGraph, inFunction) = verdicts(node, others: _*).map {
      case Verdict.Replace(nodes, _, _) => nodes
      case other => fail(s"found $other")
    }
    assert(ops(inGraph) == ops(inFunction))
    assert(inGraph.last.getName == node.getName)
    inGraph
  }

  protected def node(op: String, inputs: String*)(attributes: (String, AttrValue)*): NodeDef =
    NodeDef
      .newBuilder()
      .setName("node")
      .setOp(op)
      .addAllInput(inputs.asJava)
      .putAllAttr(attributes.toMap.asJava)
      .build()

  /** A node of which only the output's static shape matters. */
  protected def shaped(name: String, dimensions: Long*): NodeDef =
    node("Identity", "somewhere")(
      "_output_shapes" -> AttrValue
        .newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addShape(shape(dimensions: _*)))
        .build()
    ).toBuilder.setName(name).build()

  /** A constant of int32s: a vector or a scalar. */
  protected def constant(name: String, isScalar: Boolean, values: Int*): NodeDef = {
    val tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32)
    if (!isScalar) tensor.setTensorShape(shape(values.size.toLong))
    values.foreach(value => tensor.addIntVal(value))
    node("Const")("value" -> AttrValue.newBuilder().setTensor(tensor).build()).toBuilder
      .setName(name)
      .build()
  }

  protected def dtype(value: DataType): AttrValue = Fragment.kind(value)

  protected def text(value: String): AttrValue =
    AttrValue.newBuilder().setS(com.google.protobuf.ByteString.copyFromUtf8(value)).build()

  private def shape(dimensions: Long*): TensorShapeProto = {
    val builder = TensorShapeProto.newBuilder()
    dimensions.foreach(size => builder.addDimBuilder().setSize(size))
    builder.build()
  }
}
