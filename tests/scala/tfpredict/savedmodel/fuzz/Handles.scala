package tfpredict.savedmodel.fuzz

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorShapeProto}

/**
 * Creates the nodes for inputs that are not plain tensors: handles of resources, references,
 * datasets, lists. Mostly of a kind that fits the op, sometimes of another.
 */
final class Handles(made: OpCase) {
  import DataType._
  import Handles._

  private val op = made.op.getName

  /**
   * Returns the nodes for an input.
   *
   * @return
   *   the nodes, the last of which is the input, and the nodes that must run first
   */
  def of(
      name: String,
      dtype: DataType,
      isReference: Boolean,
      stated: Given
  ): (Seq[NodeDef], Seq[String]) =
    if (isReference && dtype != DT_STRING) reference(name, dtype, stated)
    else if (isReference || dtype == DT_RESOURCE) {
      val own = kinds.indexWhere(_._1.exists(op.contains))
      val chosen = if (stated.producer < 6 && own >= 0) own else stated.producer % kinds.size
      handle(name, kinds(chosen)._2, isReference, stated)
    } else variant(name, stated)

  private def reference(name: String, dtype: DataType, stated: Given) = {
    val variable = node("VariableV2", name)("dtype" -> kind(dtype), "shape" -> dims(stated.dims))
    val start = constant(s"$name/start", dtype, stated)
    val assign = node("Assign", s"$name/assign", name, start.getName)("T" -> kind(dtype))
    (Seq(start, assign, variable), Seq(assign.getName))
  }

  private def handle(name: String, maker: String, isReference: Boolean, stated: Given) = {
    val version = if (isReference) maker.stripSuffix("V2").stripSuffix("V3") else maker
    val dtype = dtypeOf(Seq("dtype", "T", "Tcomponents", "component_types", "Tparams"), DT_FLOAT)
    val keys = dtypeOf(Seq("key_dtype", "Tin", "Tkey", "Tkeys"), DT_INT64)
    val values = dtypeOf(Seq("value_dtype", "Tout", "Tval", "Tvalues"), DT_INT64)
    val types = kindsOf(typesOf(Seq("Tcomponents", "component_types", "output_types"), dtype))
    def made(attributes: (String, AttrValue)*) = node(version, name)(attributes: _*)
    maker match {
      case "VarHandleOp" =>
        val start = constant(s"$name/start", dtype, stated)
        val unknown = TensorShapeProto.newBuilder().setUnknownRank(true)
        val variable = made(
          "dtype" -> kind(dtype),
          "shape" -> AttrValue.newBuilder().setShape(unknown).build()
        )
        val assign =
          node("AssignVariableOp", s"$name/assign", name, start.getName)("dtype" -> kind(dtype))
        (Seq(start, assign, variable), if (stated.producer == 7) Nil else Seq(assign.getName))
      case "HashTableV2" | "MutableHashTableV2" =>
        (Seq(made("key_dtype" -> kind(keys), "value_dtype" -> kind(values))), Nil)
      case "MutableDenseHashTableV2" =>
        val empty = constant(s"$name/empty", keys, stated.copy(dims = Vector.empty))
        val deleted =
          constant(s"$name/deleted", keys, stated.copy(dims = Vector.empty, values = Values(5, 1)))
        val table = node(version, name, empty.getName, deleted.getName)(
          "key_dtype" -> kind(keys),
          "value_dtype" -> kind(values)
        )
        (Seq(empty, deleted, table), Nil)
      case "FIFOQueueV2" | "Barrier" => (Seq(made("component_types" -> types)), Nil)
      case "IteratorV2" =>
        val data = dataset(s"$name/data", stated)
        val iterator = made("output_types" -> outputTypes, "output_shapes" -> outputShapes)
        val start = node("MakeIterator", s"$name/make", s"$name/data", name)()
        (data ++ Seq(start, iterator), Seq(start.getName))
      case "TensorArrayV3" =>
        val size =
          constant(
            s"$name/size",
            DT_INT32,
            stated.copy(dims = Vector.empty, values = Values(11, 1))
          )
        (Seq(size, node(version, name, size.getName)("dtype" -> kind(dtype))), Nil)
      case "StackV2" =>
        val size =
          constant(s"$name/size", DT_INT32, stated.copy(dims = Vector.empty, values = Values(5, 1)))
        if (isReference) (Seq(node("Stack", name)("elem_type" -> kind(dtype))), Nil)
        else (Seq(size, node(version, name, size.getName)("elem_type" -> kind(dtype))), Nil)
      case "ConditionalAccumulator" =>
        (Seq(made("dtype" -> kind(dtype), "shape" -> dims(stated.dims))), Nil)
      case "SparseConditionalAccumulator" =>
        (Seq(made("dtype" -> kind(dtype), "shape" -> dims(stated.dims))), Nil)
      case "BoostedTreesEnsembleResourceHandleOp" | "BoostedTreesQuantileStreamResourceHandleOp" =>
        val stamp =
          constant(
            s"$name/stamp",
            DT_INT64,
            stated.copy(dims = Vector.empty, values = Values(3, 1))
          )
        val text = constant(s"$name/text", DT_STRING, stated.copy(dims = Vector.empty))
        if (maker.contains("Ensemble")) {
          val start =
            node("BoostedTreesCreateEnsemble", s"$name/start", name, stamp.getName, text.getName)()
          (Seq(stamp, text, start, made()), Seq(start.getName))
        } else {
          val epsilon = constant(
            s"$name/epsilon",
            DT_FLOAT,
            stated.copy(dims = Vector.empty, values = Values(4, 1))
          )
          val start = node(
            "BoostedTreesCreateQuantileStreamResource",
            s"$name/start",
            name,
            epsilon.getName,
            stamp.getName
          )()
          (Seq(stamp, epsilon, start, made()), Seq(start.getName))
        }
      case _ => (Seq(made()), Nil)
    }
  }

  private def variant(name: String, stated: Given): (Seq[NodeDef], Seq[String]) = {
    val element = dtypeOf(Seq("element_dtype", "dtype", "T"), DT_FLOAT)
    val isList = op.contains("TensorList") || (!op.contains("Dataset") && stated.producer % 2 == 0)
    if (op.contains("Optional")) {
      val value = constant(s"$name/value", element, stated)
      (
        Seq(
          value,
          node("OptionalFromValue", name, value.getName)("Toutput_types" -> kindsOf(Seq(element)))
        ),
        Nil
      )
    } else if (isList) {
      val elements =
        constant(s"$name/elements", element, stated.copy(dims = 3L +: stated.dims.take(4)))
      val shape = constant(s"$name/shape", DT_INT32, Given(false, Vector.empty, Values(5, 1), 0))
      val list = node("TensorListFromTensor", name, elements.getName, shape.getName)(
        "element_dtype" -> kind(element),
        "shape_type" -> kind(DT_INT32)
      )
      (Seq(elements, shape, list), Nil)
    } else (dataset(name, stated), Nil)
  }

  private def dataset(name: String, stated: Given): Seq[NodeDef] = {
    val types = typesOf(Seq("output_types", "Toutput_types"), DT_INT64)
      .map(dtype => if (Seq(DT_VARIANT, DT_RESOURCE).contains(dtype)) DT_INT64 else dtype)
    val values = types.zipWithIndex.map { case (dtype, index) =>
      constant(s"$name/value_$index", dtype, stated)
    }
    val maker =
      if (stated.dims.isEmpty || stated.producer % 2 == 0) "TensorDataset" else "TensorSliceDataset"
    val shapes =
      if (maker == "TensorDataset") types.map(_ => stated.dims)
      else types.map(_ => stated.dims.tail)
    values :+ node(maker, name, values.map(_.getName): _*)(
      "Toutput_types" -> kindsOf(types),
      "output_shapes" -> shapesOf(shapes)
    )
  }

  private def outputTypes: AttrValue = kindsOf(typesOf(Seq("output_types"), DT_INT64))

  private def outputShapes: AttrValue = {
    val list = AttrValue.ListValue.newBuilder()
    typesOf(Seq("output_types"), DT_INT64)
      .foreach(_ => list.addShapeBuilder().setUnknownRank(true))
    AttrValue.newBuilder().setList(list).build()
  }

  private def typesOf(names: Seq[String], otherwise: DataType): Seq[DataType] =
    names.flatMap(made.attributes.get).headOption
      .map(_.getList.getTypeList.asScala.toSeq)
      .filter(_.nonEmpty)
      .getOrElse(Seq(otherwise))

  private def dtypeOf(names: Seq[String], otherwise: DataType): DataType =
    names.flatMap(made.attributes.get)
      .find(_.getValueCase == AttrValue.ValueCase.TYPE)
      .map(_.getType)
      .filterNot(Seq(DT_RESOURCE, DT_VARIANT, DT_INVALID).contains)
      .getOrElse(otherwise)
}

object Handles {

  /** A part of an op's name, and the op that creates the handle that it takes. */
  private val kinds: Seq[(Seq[String], String)] = Seq(
    Seq("MutableHash", "Lookup", "InitializeTable") -> "HashTableV2",
    Seq("LookupTableInsert", "LookupTableRemove", "LookupTableExport") -> "MutableHashTableV2",
    Seq("DenseHash") -> "MutableDenseHashTableV2",
    Seq("Queue") -> "FIFOQueueV2",
    Seq("Barrier") -> "Barrier",
    Seq("Iterator") -> "IteratorV2",
    Seq("TensorArray") -> "TensorArrayV3",
    Seq("Stack") -> "StackV2",
    Seq("SparseAccumulator") -> "SparseConditionalAccumulator",
    Seq("Accumulator") -> "ConditionalAccumulator",
    Seq("Quantile") -> "BoostedTreesQuantileStreamResourceHandleOp",
    Seq("BoostedTrees") -> "BoostedTreesEnsembleResourceHandleOp",
    Seq("TensorForest") -> "TensorForestTreeResourceHandleOp",
    Seq("Mutex") -> "MutexV2",
    Seq("Reader") -> "IdentityReaderV2",
    Seq("Variable", "Resource", "Stateful") -> "VarHandleOp"
  )

  def node(op: String, name: String, inputs: String*)(attributes: (String, AttrValue)*): NodeDef =
    NodeDef.newBuilder().setOp(op).setName(name)
      .addAllInput(inputs.asJava).putAllAttr(attributes.toMap.asJava).build()

  def kind(dtype: DataType): AttrValue = AttrValue.newBuilder().setType(dtype).build()

  def kindsOf(dtypes: Seq[DataType]): AttrValue =
    AttrValue.newBuilder().setList(
      AttrValue.ListValue.newBuilder().addAllType(dtypes.asJava)
    ).build()

  def dims(sizes: Seq[Long]): AttrValue =
    AttrValue.newBuilder().setShape(shape(sizes)).build()

  def shapesOf(shapes: Seq[Seq[Long]]): AttrValue =
    AttrValue.newBuilder().setList(
      AttrValue.ListValue.newBuilder().addAllShape(shapes.map(shape(_).build()).asJava)
    ).build()

  private def shape(sizes: Seq[Long]): TensorShapeProto.Builder = {
    val made = TensorShapeProto.newBuilder()
    sizes.foreach(size => made.addDimBuilder().setSize(size))
    made
  }

  def constant(name: String, dtype: DataType, stated: Given): NodeDef =
    node("Const", name)(
      "dtype" -> kind(dtype),
      "value" -> AttrValue.newBuilder().setTensor(stated.values.tensor(dtype, stated.dims)).build()
    )
}
