package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._
import scala.collection.mutable.ListBuffer

import com.google.protobuf.ByteString
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorProto, TensorShapeProto}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.ServingGraph

/**
 * Builds the nodes that replace a node. Each method returns a reference to its new node.
 *
 * @param besides
 *   control inputs of the fragment's constants
 * @param prefix
 *   a prefix of the new names, so that two fragments can replace one node
 */
final private[savedmodel] class Fragment(
    node: NodeDef,
    scope: Scope,
    besides: Seq[String] = Nil,
    prefix: String = "tfpredict_"
) {
  import Fragment._

  implicit def catalog: OpCatalog = scope.catalog

  private val made = ListBuffer.empty[NodeDef]

  // The first free number, in case another rule made nodes for the same node.
  private lazy val first: Int =
    Iterator.from(0).find(n => scope.node(s"${node.getName}/$prefix$n").isEmpty).get

  /** The node's own data inputs. */
  val inputs: Seq[String] = node.getInputList.asScala.filterNot(_.startsWith("^")).toSeq

  /** The dtype in an attribute. Exporters omit attributes with default values. */
  def dtype(attribute: String, default: DataType): AttrValue =
    node.getAttrOrDefault(attribute, kind(default))

  /**
   * @param output
   *   the name of the output in the op's definition
   */
  def add(op: String, output: String, inputs: String*)(attributes: (String, AttrValue)*): String =
    reference(addNode(op, inputs, attributes), output, 0)

  /** Adds an op whose outputs are not used, and returns its name. */
  def addBare(op: String, inputs: String*)(attributes: (String, AttrValue)*): String =
    addNode(op, inputs, attributes)

  /** The nodes made so far. */
  def nodes: Seq[NodeDef] = made.toList

  /** Adds an op whose output is a list of this length. */
  def addList(op: String, output: String, count: Int, inputs: String*)(
      attributes: (String, AttrValue)*
  ): Seq[String] = addLists(op, Seq(output -> count), inputs: _*)(attributes: _*).head

  /** Adds an op whose outputs are lists of these lengths. */
  def addLists(op: String, outputs: Seq[(String, Int)], inputs: String*)(
      attributes: (String, AttrValue)*
  ): Seq[Seq[String]] = {
    val name = addNode(op, inputs, attributes)
    val before = outputs.map(_._2).scanLeft(0)(_ + _)
    for (((output, count), first) <- outputs.zip(before))
      yield (0 until count).map { place =>
        reference(name, output, if (scope.function.isDefined) place else first + place)
      }
  }

  /** Adds an op with one output and then a list. Returns the list. */
  def addBehind(op: String, list: String, count: Int, inputs: String*)(
      attributes: (String, AttrValue)*
  ): Seq[String] = addLists(op, Seq("" -> 1, list -> count), inputs: _*)(attributes: _*).last

  /** Adds an op with several named outputs. */
  def addOutputs(op: String, outputs: Seq[String], inputs: String*)(
      attributes: (String, AttrValue)*
  ): Seq[String] = {
    val name = addNode(op, inputs, attributes)
    outputs.zipWithIndex.map { case (output, index) =>
      if (scope.function.isDefined) reference(name, output, 0) else reference(name, output, index)
    }
  }

  def ints(values: Int*): String = ints(values, isScalar = false)

  def int(value: Int): String = ints(Seq(value), isScalar = true)

  private def ints(values: Seq[Int], isScalar: Boolean): String = {
    val tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32)
    values.foreach(value => tensor.addIntVal(value))
    constant(tensor, values.size, isScalar)
  }

  def long(value: Long): String = longs(Seq(value), isScalar = true)

  def longs(values: Long*): String = longs(values, isScalar = false)

  private def longs(values: Seq[Long], isScalar: Boolean): String = {
    val tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT64)
    values.foreach(value => tensor.addInt64Val(value))
    constant(tensor, values.size, isScalar)
  }

  /** A scalar of float32 or float64. */
  def real(value: Double, dtype: DataType): String = {
    val tensor = TensorProto.newBuilder().setDtype(dtype)
    if (dtype == DataType.DT_FLOAT) tensor.addFloatVal(value.toFloat)
    else tensor.addDoubleVal(value)
    constant(tensor, 1, isScalar = true)
  }

  /** An empty vector. */
  def none(dtype: DataType): String =
    constant(TensorProto.newBuilder().setDtype(dtype), 0, isScalar = false)

  def text(value: String): String =
    texts(Seq(ByteString.copyFromUtf8(value)), isScalar = true)

  /** A vector of strings. */
  def texts(values: Seq[ByteString]): String = texts(values, isScalar = false)

  private def texts(values: Seq[ByteString], isScalar: Boolean): String = {
    val tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING)
    values.foreach(value => tensor.addStringVal(value))
    constant(tensor, values.size, isScalar)
  }

  def cast(input: String, from: DataType, to: DataType): String =
    if (from == to) input else add("Cast", "y", input)("SrcT" -> kind(from), "DstT" -> kind(to))

  /** All nodes. The last one gets the original node's name. */
  def finish(op: String, inputs: String*)(
      attributes: (String, AttrValue)*
  ): Verdict.Replace = {
    val last = build(op, node.getName, inputs, attributes)
      .addAllInput(node.getInputList.asScala.filter(_.startsWith("^")).asJava)
    Verdict.Replace(made.toList :+ last.build())
  }

  /**
   * All nodes, with several outputs.
   *
   * @param outputs
   *   the name, value and dtype of each output
   */
  def finishAll(outputs: Seq[(String, String, DataType)]): Verdict.Replace =
    finishLists(outputs.map { case (name, value, dtype) => (name, Seq(value -> dtype)) })

  /** The same for outputs that are lists. */
  def finishLists(outputs: Seq[(String, Seq[(String, DataType)])]): Verdict.Replace = {
    val made = outputs.flatMap(_._2) match {
      case Seq((only, dtype)) => finish("Identity", only)("T" -> kind(dtype))
      case several => finish("IdentityN", several.map(_._1): _*)("T" -> kinds(several.map(_._2)))
    }
    val names = outputs.flatMap { case (name, list) => list.indices.map(at => s"$name:$at") }
      .zipWithIndex.map { case (before, index) => before -> s"output:$index" }
    made.copy(outputs = names.filter { case (before, now) => before != now }.toMap)
  }

  /** Permutes a tensor's dimensions, and keeps its static shape. */
  def transpose(input: String, dtype: DataType, order: Seq[Int]): String = {
    val shape = scope.shape(input).filter(_.size == order.size).map { dims =>
      val moved = TensorShapeProto.newBuilder()
      order.foreach(place => moved.addDimBuilder().setSize(dims(place)))
      val list = AttrValue.ListValue.newBuilder().addShape(moved)
      "_output_shapes" -> AttrValue.newBuilder().setList(list).build()
    }
    val attributes = Seq("T" -> kind(dtype), "Tperm" -> kind(DataType.DT_INT32)) ++ shape
    add("Transpose", "y", input, ints(order: _*))(attributes: _*)
  }

  private def constant(tensor: TensorProto.Builder, size: Int, isScalar: Boolean): String = {
    val shape = TensorShapeProto.newBuilder()
    if (!isScalar) shape.addDimBuilder().setSize(size.toLong)
    tensor.setTensorShape(shape)
    val value = AttrValue.newBuilder().setTensor(tensor).build()
    add("Const", "output", besides: _*)("dtype" -> kind(tensor.getDtype), "value" -> value)
  }

  private def addNode(op: String, inputs: Seq[String], attributes: Seq[(String, AttrValue)]) = {
    val name = s"${node.getName}/$prefix${first + made.size}"
    made += build(op, name, inputs, attributes).build()
    name
  }

  private def build(
      op: String,
      name: String,
      inputs: Seq[String],
      attributes: Seq[(String, AttrValue)]
  ): NodeDef.Builder =
    NodeDef
      .newBuilder()
      .setOp(op)
      .setName(name)
      .setDevice(node.getDevice)
      .addAllInput(inputs.asJava)
      .putAllAttr(attributes.toMap.asJava)

  private def reference(name: String, output: String, index: Int): String =
    scope.reference(name, output, index)
}

private[savedmodel] object Fragment {

  /**
   * A fragment for a node that may be inside a TensorFlow 1 loop. Its constants wait for the node's
   * input, so that they are in the loop too. Loops in functions are functions themselves, and need
   * no such wait.
   */
  def inLoop(node: NodeDef, scope: Scope, prefix: String = "tfpredict_"): Fragment =
    new Fragment(
      node,
      scope,
      if (scope.function.isDefined) Nil else Seq(s"^${ServingGraph.nodeOf(node.getInput(0))}"),
      prefix
    )

  def kind(dtype: DataType): AttrValue = AttrValue.newBuilder().setType(dtype).build()

  def kinds(dtypes: Seq[DataType]): AttrValue =
    AttrValue.newBuilder().setList(
      AttrValue.ListValue.newBuilder().addAllType(dtypes.asJava)
    ).build()

  def numbers(values: Seq[Long]): AttrValue = {
    val list = AttrValue.ListValue.newBuilder()
    values.foreach(list.addI)
    AttrValue.newBuilder().setList(list).build()
  }

  def real(value: Float): AttrValue = AttrValue.newBuilder().setF(value).build()

  def flag(value: Boolean): AttrValue = AttrValue.newBuilder().setB(value).build()

  def word(value: String): AttrValue =
    AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build()

  def number(value: Long): AttrValue = AttrValue.newBuilder().setI(value).build()
}
