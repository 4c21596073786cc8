package tfpredict

import java.nio.file.Files

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework.{
  AttrValue,
  CollectionDef,
  DataType,
  GraphDef,
  MetaGraphDef,
  NodeDef,
  SavedModel,
  SignatureDef,
  TensorInfo,
  TensorProto,
  TensorShapeProto
}

/** SavedModels of a few nodes, each for one behavior of the runtime. */
object TinyModels {

  /** A signature's tensor: its name, dtype and shape. */
  final case class Tensor(name: String, tensor: String, dtype: DataType, dims: Long*)

  /**
   * Writes a model.
   *
   * @param initializer
   *   a node that runs when the model is loaded
   */
  def write(
      inputs: Seq[Tensor],
      outputs: Seq[Tensor],
      nodes: Seq[NodeDef],
      initializer: Option[String] = None
  ): ModelSpec = {
    val graph = GraphDef.newBuilder.addAllNode(nodes.asJava)
    graph.getVersionsBuilder.setProducer(134)
    val meta = MetaGraphDef.newBuilder.setGraphDef(graph)
    meta.getMetaInfoDefBuilder.addTags("serve")
    meta.putSignatureDef(
      "serving_default",
      SignatureDef.newBuilder
        .putAllInputs(inputs.map(tensor => tensor.name -> info(tensor)).toMap.asJava)
        .putAllOutputs(outputs.map(tensor => tensor.name -> info(tensor)).toMap.asJava)
        .setMethodName("tensorflow/serving/predict")
        .build
    )
    initializer.foreach { node =>
      val list = CollectionDef.newBuilder
      list.getNodeListBuilder.addValue(node)
      meta.putCollectionDef("saved_model_main_op", list.build)
    }
    val root = Files.createTempDirectory("tiny-model-")
    val version = Files.createDirectory(root.resolve("1"))
    val saved = SavedModel.newBuilder.setSavedModelSchemaVersion(1).addMetaGraphs(meta).build
    Files.write(version.resolve("saved_model.pb"), saved.toByteArray)
    ModelSpec(root.toString)
  }

  /** A model with one input `x` and one output `y` of the same dtype. */
  def of(dtype: DataType, nodes: NodeDef*): ModelSpec =
    write(Seq(Tensor("x", "x:0", dtype, -1)), Seq(Tensor("y", "y:0", dtype, -1)), nodes)

  /** Looks up the rows' indices in a table. An index may be out of range. */
  def gather(table: Int*): ModelSpec = of(
    DataType.DT_INT32,
    placeholder("x", DataType.DT_INT32, -1),
    ints("table", table: _*),
    scalar("axis", 0),
    node("GatherV2", "y", "table", "x", "axis")(
      "Tparams" -> kind(DataType.DT_INT32),
      "Tindices" -> kind(DataType.DT_INT32),
      "Taxis" -> kind(DataType.DT_INT32)
    )
  )

  def node(op: String, name: String, inputs: String*)(attributes: (String, AttrValue)*): NodeDef =
    NodeDef.newBuilder
      .setOp(op)
      .setName(name)
      .addAllInput(inputs.asJava)
      .putAllAttr(attributes.toMap.asJava)
      .build

  def placeholder(name: String, dtype: DataType, dims: Long*): NodeDef =
    node("Placeholder", name)(
      "dtype" -> kind(dtype),
      "shape" -> AttrValue.newBuilder.setShape(shape(dims)).build
    )

  def ints(name: String, values: Int*): NodeDef = {
    val tensor = TensorProto.newBuilder
      .setDtype(DataType.DT_INT32)
      .setTensorShape(shape(Seq(values.size.toLong)))
    values.foreach(value => tensor.addIntVal(value))
    constant(name, tensor)
  }

  def scalar(name: String, value: Int): NodeDef =
    constant(name, single(DataType.DT_INT32).addIntVal(value))

  def long(name: String, value: Long): NodeDef =
    constant(name, single(DataType.DT_INT64).addInt64Val(value))

  def text(name: String, value: String): NodeDef =
    constant(name, single(DataType.DT_STRING).addStringVal(ByteString.copyFromUtf8(value)))

  def float(name: String, value: Float): NodeDef =
    constant(name, single(DataType.DT_FLOAT).addFloatVal(value))

  private def single(dtype: DataType): TensorProto.Builder =
    TensorProto.newBuilder.setDtype(dtype).setTensorShape(shape(Nil))

  def kind(dtype: DataType): AttrValue = AttrValue.newBuilder.setType(dtype).build

  def kinds(dtypes: DataType*): AttrValue = {
    val value = AttrValue.newBuilder
    dtypes.foreach(dtype => value.getListBuilder.addType(dtype))
    value.build
  }

  def word(value: String): AttrValue =
    AttrValue.newBuilder.setS(ByteString.copyFromUtf8(value)).build

  def numbers(values: Long*): AttrValue = {
    val value = AttrValue.newBuilder
    values.foreach(number => value.getListBuilder.addI(number))
    value.build
  }

  def dims(values: Long*): AttrValue = AttrValue.newBuilder.setShape(shape(values)).build

  private def constant(name: String, tensor: TensorProto.Builder): NodeDef =
    node("Const", name)(
      "dtype" -> kind(tensor.getDtype),
      "value" -> AttrValue.newBuilder.setTensor(tensor).build
    )

  private def info(tensor: Tensor): TensorInfo =
    TensorInfo.newBuilder
      .setName(tensor.tensor)
      .setDtype(tensor.dtype)
      .setTensorShape(shape(tensor.dims))
      .build

  private def shape(dims: Seq[Long]): TensorShapeProto = {
    val made = TensorShapeProto.newBuilder
    dims.foreach(dim => made.addDimBuilder.setSize(dim))
    made.build
  }
}
