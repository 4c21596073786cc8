package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  FunctionDef,
  MetaGraphDef,
  NameAttrList,
  NodeDef,
  SignatureDef,
  TensorInfo,
  TensorShapeProto
}
import tensorflow.SavedObjectGraphOuterClass.SavedConcreteFunction
import tensorflow.Struct.TypeSpecProto.TypeSpecClass
import tensorflow.Struct.{StructuredValue, TupleValue, TypeSpecProto}

import tfpredict.RuntimeCatalog.catalog

/** Graphs as `tf.saved_model.save` writes them: a signature's function calls the user's. */
class RaggedTensorsSuite extends AnyFunSuite {

  private def shape(dims: Long*): TensorShapeProto = {
    val builder = TensorShapeProto.newBuilder()
    dims.foreach(dim => builder.addDimBuilder().setSize(dim))
    builder.build()
  }

  private def info(tensor: String, dtype: DataType, dims: Long*): TensorInfo =
    TensorInfo.newBuilder().setName(tensor).setDtype(dtype).setTensorShape(shape(dims: _*)).build()

  private def tuple(values: StructuredValue*): StructuredValue =
    StructuredValue.newBuilder()
      .setTupleValue(TupleValue.newBuilder().addAllValues(values.asJava)).build()

  private def ragged(rank: Int, dims: Long*): TypeSpecProto =
    TypeSpecProto.newBuilder()
      .setTypeSpecClass(TypeSpecClass.RAGGED_TENSOR_SPEC)
      .setTypeState(tuple(
        StructuredValue.newBuilder().setTensorShapeValue(shape(dims: _*)).build(),
        StructuredValue.newBuilder().setTensorDtypeValue(DT_FLOAT).build(),
        StructuredValue.newBuilder().setInt64Value(rank.toLong).build()
      ))
      .build()

  private def call(name: String, function: String, inputs: String*): NodeDef =
    NodeDef.newBuilder().setName(name).setOp("PartitionedCall").addAllInput(inputs.asJava)
      .putAttr(
        "f",
        AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(function)).build()
      )
      .build()

  private def placeholder(name: String, dtype: DataType): NodeDef =
    NodeDef.newBuilder().setName(name).setOp("Placeholder")
      .putAttr("dtype", Fragment.kind(dtype)).build()

  private def wrapper(arguments: String*)(body: NodeDef): FunctionDef = {
    val function = FunctionDef.newBuilder().addNodeDef(body)
    function.getSignatureBuilder.setName("wrapper")
    arguments.foreach(name => function.getSignatureBuilder.addInputArgBuilder().setName(name))
    function.build()
  }

  private def graph(spec: TypeSpecProto, splits: DataType): MetaGraphDef = {
    val builder = MetaGraphDef.newBuilder()
    val graph = builder.getGraphDefBuilder
    graph.addNode(placeholder("in_x", DT_FLOAT)).addNode(placeholder("in_x_1", splits))
    graph.addNode(placeholder("in_w", DT_FLOAT))
    graph.addNode(call("call", "wrapper", "in_w", "in_x", "in_x_1"))
    graph.getLibraryBuilder.addFunction(
      wrapper("w", "x", "x_1")(call("inner", "own", "x", "x_1", "w"))
    )
    val taken = tuple(
      tuple(
        StructuredValue.newBuilder().setTypeSpecValue(spec).build(),
        StructuredValue.newBuilder()
          .setTensorSpecValue(tensorflow.Struct.TensorSpecProto.getDefaultInstance).build()
      )
    )
    builder.getObjectGraphDefBuilder.putConcreteFunctions(
      "own",
      SavedConcreteFunction.newBuilder().setCanonicalizedInputSignature(taken).build()
    )
    builder.putSignatureDef(
      "s",
      SignatureDef.newBuilder()
        .putInputs("x", info("in_x:0", DT_FLOAT, -1))
        .putInputs("x_1", info("in_x_1:0", splits, -1))
        .putInputs("w", info("in_w:0", DT_FLOAT, -1))
        .putOutputs("y", info("call:0", DT_FLOAT, -1))
        .build()
    ).build()
  }

  private def nodes(graph: MetaGraphDef): Map[String, NodeDef] =
    graph.getGraphDef.getNodeList.asScala.map(node => node.getName -> node).toMap

  test("the parts of a ragged input are computed from one array") {
    for (dtype <- Seq(DT_INT64, DT_INT32)) {
      val made = RaggedTensors.of(graph(ragged(1, -1, -1, 3), dtype), Set("s"))
      val signature = made.getSignatureDefOrThrow("s")
      assert(signature.getInputsMap.keySet.asScala == Set("x", "w"))
      assert(signature.getInputsOrThrow("x") == info("in_x:0", DT_FLOAT, -1, -1, 3))
      val Seq(w, elements, splits) =
        nodes(made)("call").getInputList.asScala.toSeq.map(nodes(made))
      assert(w.getOp == "Placeholder" && elements.getOp == "Reshape" && splits.getOp == "Mul")
      assert(splits.getAttrOrThrow("T").getType == dtype)
      assert(elements.getInput(0) == "in_x")
    }
  }

  test("other inputs, and ones that are not placeholders, stay unchanged") {
    val plain = graph(TypeSpecProto.getDefaultInstance, DT_INT64)
    assert(RaggedTensors.of(plain, Set("s")) eq plain)
    val computed = graph(ragged(1, -1, -1), DT_INT64).toBuilder
    computed.getGraphDefBuilder.getNodeBuilder(1).setOp("Identity")
    val stated = computed.build()
    assert(RaggedTensors.of(stated, Set("s")) eq stated)
    // One dimension is unknown.
    val short = graph(ragged(2, -1, -1), DT_INT64)
    assert(RaggedTensors.of(short, Set("s")) eq short)
  }

  test("a ragged output has its elements, and splits with names of their own") {
    val builder = graph(TypeSpecProto.getDefaultInstance, DT_INT64).toBuilder
    val composite = TensorInfo.newBuilder()
    composite.getCompositeTensorBuilder
      .setTypeSpec(ragged(2, -1, -1, -1))
      .addComponents(info("call:0", DT_FLOAT, -1))
      .addComponents(info("call:1", DT_INT64, -1))
      .addComponents(info("call:2", DT_INT64, -1))
    val stated = builder.getSignatureDefOrThrow("s").toBuilder.putOutputs("r", composite.build())
    val made = RaggedTensors.of(builder.putSignatureDef("s", stated.build()).build(), Set("s"))
    val outputs = made.getSignatureDefOrThrow("s").getOutputsMap.asScala.toMap
    assert(outputs("r") == info("call:0", DT_FLOAT, -1, -1, -1))
    assert(RaggedTensors.splits("r", outputs).map(_.getName) == Vector("call:1", "call:2"))
    assert(RaggedTensors.splits("y", outputs).isEmpty)
    assert(outputs.keySet.filterNot(RaggedTensors.isSplits) == Set("r", "y"))
  }
}
