package tfpredict

import java.nio.file.Files

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework._

/** Writes a SavedModel node by node, for graphs that no exporter writes quickly. */
object GraphModel {

  /**
   * Writes a model.
   *
   * @param outputs
   *   float32 tensors with one number per row, by their names in the signature
   * @param initializer
   *   a node that runs when the model is loaded
   * @param ops
   *   the exporter's op list
   */
  def write(
      nodes: Seq[NodeDef],
      outputs: Map[String, String],
      functions: Seq[FunctionDef] = Nil,
      initializer: Option[String] = None,
      ops: Seq[OpDef] = Nil
  ): ModelSpec = {
    val meta = MetaGraphDef.newBuilder()
    meta.getMetaInfoDefBuilder.addTags("serve")
    meta.getMetaInfoDefBuilder.getStrippedOpListBuilder.addAllOp(ops.asJava)
    initializer.foreach { name =>
      val list = CollectionDef.newBuilder()
      list.getNodeListBuilder.addValue(name)
      meta.putCollectionDef("saved_model_main_op", list.build())
    }
    val graph = meta.getGraphDefBuilder
    graph.getVersionsBuilder.setProducer(134)
    graph.addNode(placeholder("x")).addAllNode(nodes.asJava)
    graph.getLibraryBuilder.addAllFunction(functions.asJava)
    val signature = SignatureDef.newBuilder().putInputs("x", info("x:0"))
    outputs.foreach { case (name, tensor) => signature.putOutputs(name, info(tensor)) }
    meta.putSignatureDef("serving_default", signature.build())
    val folder = Files.createTempDirectory("graph-")
    val saved = SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build()
    Files.write(folder.resolve("saved_model.pb"), saved.toByteArray)
    ModelSpec(folder.toString)
  }

  /** Adds a random number from 0 to 1 to each row's number. */
  def random(): ModelSpec = write(
    Seq(
      node("Shape", "shape", "x")(
        "T" -> kind(DataType.DT_FLOAT),
        "out_type" -> kind(DataType.DT_INT32)
      ),
      node("RandomUniform", "noise", "shape")(
        "T" -> kind(DataType.DT_INT32),
        "dtype" -> kind(DataType.DT_FLOAT)
      ),
      both("AddV2", "y", "x", "noise")
    ),
    Map("y" -> "y:0")
  )

  def placeholder(name: String): NodeDef =
    node("Placeholder", name)("dtype" -> kind(DataType.DT_FLOAT))

  def node(op: String, name: String, inputs: String*)(attributes: (String, AttrValue)*): NodeDef =
    NodeDef
      .newBuilder()
      .setOp(op)
      .setName(name)
      .addAllInput(inputs.asJava)
      .putAllAttr(attributes.toMap.asJava)
      .build()

  def kind(dtype: DataType): AttrValue = AttrValue.newBuilder().setType(dtype).build()

  def text(value: String): AttrValue =
    AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build()

  /** A constant scalar of float32. */
  def one(name: String): NodeDef = {
    val value = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(1f)
    value.getTensorShapeBuilder
    node("Const", name)(
      "dtype" -> kind(DataType.DT_FLOAT),
      "value" -> AttrValue.newBuilder().setTensor(value).build()
    )
  }

  /** A variable called `count`, a scalar of float32. */
  def variable: NodeDef = {
    val shape = AttrValue.newBuilder()
    shape.getShapeBuilder
    node("VarHandleOp", "count")("dtype" -> kind(DataType.DT_FLOAT), "shape" -> shape.build())
  }

  /** A constant of int32s: a scalar for one value, a vector for several. */
  def numbers(name: String, values: Int*): NodeDef = {
    val value = TensorProto.newBuilder().setDtype(DataType.DT_INT32)
    value.getTensorShapeBuilder
    if (values.size > 1) value.getTensorShapeBuilder.addDimBuilder().setSize(values.size.toLong)
    values.foreach(value.addIntVal(_))
    node("Const", name)(
      "dtype" -> kind(DataType.DT_INT32),
      "value" -> AttrValue.newBuilder().setTensor(value).build()
    )
  }

  /** An op with two float32 inputs. */
  def both(op: String, name: String, inputs: String*): NodeDef =
    node(op, name, inputs: _*)("T" -> kind(DataType.DT_FLOAT))

  private def info(tensor: String): TensorInfo = {
    val shape = TensorShapeProto.newBuilder()
    shape.addDimBuilder().setSize(-1)
    TensorInfo
      .newBuilder()
      .setName(tensor)
      .setDtype(DataType.DT_FLOAT)
      .setTensorShape(shape)
      .build()
  }
}
