package tfpredict.savedmodel.fuzz

import scala.collection.JavaConverters._

import org.tensorflow.framework.{
  DataType,
  FunctionDef,
  FunctionDefLibrary,
  GraphDef,
  MetaGraphDef,
  NodeDef,
  OpDef,
  SignatureDef,
  TensorInfo
}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.{NodeRewriter, ServingGraph}

/**
 * The graph of one case, as a model has it and as the adapter makes it.
 *
 * @param feeds
 *   the value of each placeholder, which the graph parses
 */
final class CaseGraph(made: OpCase) {
  import DataType._
  import Handles._

  private val handles = new Handles(made)

  // An op that was removed runs only in graphs of older versions.
  private val producer =
    if (made.op.hasDeprecation) made.op.getDeprecation.getVersion - 1 else 134

  private val inputs: Seq[(Seq[NodeDef], Seq[String], Option[Array[Byte]])] =
    made.arguments.zip(made.inputs).zipWithIndex.map { case (((argument, dtype), stated), index) =>
      val name = s"in_$index"
      if (argument.getIsRef || Seq(DT_RESOURCE, DT_VARIANT).contains(dtype)) {
        val (nodes, before) = handles.of(name, dtype, argument.getIsRef, stated)
        (nodes, before, None)
      } else if (stated.isFed) {
        val parsed = node("ParseTensor", name, s"fed_$index")("out_type" -> kind(dtype))
        val fed = node("Placeholder", s"fed_$index")("dtype" -> kind(DT_STRING))
        (Seq(fed, parsed), Nil, Some(stated.values.tensor(dtype, stated.dims).toByteArray))
      } else (Seq(constant(name, dtype, stated)), Nil, None)
    }

  val feeds: Map[String, Array[Byte]] =
    inputs.zipWithIndex.collect { case ((_, _, Some(bytes)), index) =>
      s"fed_$index" -> bytes
    }.toMap

  private val tested: NodeDef =
    node(
      made.op.getName,
      "op",
      inputs.indices.map(index => s"in_$index") ++ inputs.flatMap(_._2).map("^" + _): _*
    )(made.attributes.toSeq: _*)

  // A dataset does no work until its elements are requested.
  private val wanted: Seq[NodeDef] = {
    val outputs = made.op.getOutputArgList.asScala
    val isDataset = made.op.getName.contains("Dataset") && outputs.size == 1 &&
      outputs.head.getType == DT_VARIANT
    val types = made.attributes.get("output_types").orElse(made.attributes.get("Toutput_types"))
    if (!isDataset) Nil
    else {
      val shapes = made.attributes.get("output_shapes")
      Seq(node("DatasetToSingleElement", "elements", "op")(
        "output_types" -> types.getOrElse(kindsOf(Seq(DT_INT64))),
        "output_shapes" -> shapes.getOrElse(shapesOf(Seq(Nil)))
      ))
    }
  }

  val target: String = wanted.headOption.fold("op")(_.getName)

  private val graph: MetaGraphDef = {
    val meta = MetaGraphDef.newBuilder()
    meta.getMetaInfoDefBuilder.addTags("serve")
    val all = inputs.flatMap(_._1) ++ (tested +: wanted)
    val answer = node("Const", "answer", s"^$target")(
      "dtype" -> kind(DT_FLOAT),
      "value" -> constant("", DT_FLOAT, Given(isFed = false, Vector.empty, Values(3, 0), 0))
        .getAttrOrThrow("value")
    )
    val definition = GraphDef.newBuilder().addAllNode(all.asJava).addNode(answer)
    definition.getVersionsBuilder.setProducer(producer)
    definition.setLibrary(FunctionDefLibrary.newBuilder().addAllFunction(functions.asJava))
    meta.setGraphDef(definition)
    val signature = SignatureDef.newBuilder()
    signature.putOutputs(
      "answer",
      TensorInfo.newBuilder().setName("answer:0").setDtype(DT_FLOAT).build()
    )
    meta.putSignatureDef("serving_default", signature.build())
    meta.build()
  }

  /** The adapted graph, or the reason that it is refused. */
  def adapted: Either[String, GraphDef] = {
    val serving = new ServingGraph(graph)
    val rewriter = NodeRewriter.of(graph, serving, Set.empty)
    val reach = serving.ofSignature(graph.getSignatureDefOrThrow("serving_default"))
    rewriter.obstacles(reach).headOption match {
      case Some(obstacle) => Left(obstacle.found)
      case None =>
        val after = graph.getGraphDef.toBuilder.clearNode()
        after.addAllNode(graph.getGraphDef.getNodeList.asScala.flatMap(rewriter.rewrite).asJava)
        after.setLibrary(
          FunctionDefLibrary.newBuilder().addAllFunction(
            (functions.map(rewriter.rewrite) ++ rewriter.added(reach)).asJava
          )
        )
        Right(after.build())
    }
  }

  /** A function for each attribute that names one, mostly with matching inputs and outputs. */
  private def functions: Seq[FunctionDef] =
    made.op.getAttrList.asScala.filter(_.getType.contains("func")).map { attribute =>
      val name = attribute.getName
      val isTest = name == "predicate" || name == "cond"
      val more = types("Targuments", "Tother_arguments", s"T${name}_other_arguments")
      val takes = types("Tin", "T") match {
        case Nil => types("output_types") ++ more
        case found => found
      }
      val isDataset =
        made.op.getName.contains("Interleave") || made.op.getName.contains("FlatMap") ||
          name == "dataset_factory"
      val gives =
        if (isTest) Seq(DT_BOOL)
        else if (isDataset) Seq(DT_VARIANT)
        else types("Tout", "output_types", "T")
      function(s"of_$name", takes, gives)
    }.toSeq

  private def types(names: String*): Seq[DataType] =
    names.flatMap(made.attributes.get).headOption.toSeq
      .flatMap(_.getList.getTypeList.asScala)

  private def function(name: String, takes: Seq[DataType], gives: Seq[DataType]): FunctionDef = {
    val signature = OpDef.newBuilder().setName(name)
    takes.zipWithIndex.foreach { case (dtype, index) =>
      signature.addInputArgBuilder().setName(s"x$index").setType(dtype)
    }
    val body = FunctionDef.newBuilder()
    gives.zipWithIndex.foreach { case (dtype, index) =>
      signature.addOutputArgBuilder().setName(s"y$index").setType(dtype)
      val same = takes.indexOf(dtype)
      val value =
        if (same >= 0) node("Identity", s"n$index", s"x$same")("T" -> kind(dtype))
        else if (dtype == DT_VARIANT) {
          body.addNodeDef(constant(
            s"c$index",
            DT_INT64,
            Given(isFed = false, Vector(2), Values(2, 1), 0)
          ))
          node("TensorSliceDataset", s"n$index", s"c$index:output:0")(
            "Toutput_types" -> kindsOf(Seq(DT_INT64)),
            "output_shapes" -> shapesOf(Seq(Nil))
          )
        } else constant(s"n$index", dtype, Given(isFed = false, Vector.empty, Values(3, 1), 0))
      body.addNodeDef(value)
      val output = if (same < 0 && dtype == DT_VARIANT) "handle" else "output"
      body.putRet(s"y$index", s"n$index:$output:0")
    }
    body.setSignature(signature).build()
  }
}
