package tfpredict.engine

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef, OpDef, OpList}

/** The ops of one TensorFlow and their attributes, as its own op list declares them. */
final private[tfpredict] class OpRegistry(ops: OpList) {
  private val byName: Map[String, OpDef] = ops.getOpList.asScala.map(op => op.getName -> op).toMap

  private val attributes: Map[String, Set[String]] =
    byName.map { case (name, op) => name -> op.getAttrList.asScala.map(_.getName).toSet }

  def all: Seq[OpDef] = ops.getOpList.asScala.toSeq

  def contains(op: String): Boolean = byName.contains(op)

  /** Whether an op depends on or changes more than its inputs, or none if the op is unknown. */
  def isStateful(op: String): Option[Boolean] = byName.get(op).map(_.getIsStateful)

  /**
   * Returns the name and the dtypes of each output of a node, as far as its attributes give them.
   */
  def outputs(node: NodeDef): Seq[(String, Seq[DataType])] =
    byName.get(node.getOp).toSeq.flatMap(_.getOutputArgList.asScala).map { output =>
      output.getName -> dtypes(node, output)
    }

  /**
   * Returns the name and the dtype of each tensor that a node takes, as its attributes give them.
   */
  def inputs(node: NodeDef): Seq[(String, DataType)] =
    byName.get(node.getOp).toSeq.flatMap(_.getInputArgList.asScala).flatMap { input =>
      dtypes(node, input).map(input.getName -> _)
    }

  /** Converts a function's name for a node's output to the index among all outputs of the node. */
  def place(node: NodeDef, output: String, index: Int): Option[Int] =
    byName.get(node.getOp).map(_.getOutputArgList.asScala).flatMap { outputs =>
      val before = outputs.takeWhile(_.getName != output)
      if (before.size == outputs.size) None
      else Some(before.map(dtypes(node, _).size).sum + index)
    }

  /** Whether an op takes variables of TensorFlow 1 themselves, and not their values. */
  def takesReferences(op: String): Boolean =
    byName.get(op).exists(_.getInputArgList.asScala.exists(_.getIsRef))

  private def dtypes(node: NodeDef, argument: OpDef.ArgDef): Seq[DataType] = {
    def attribute(name: String) =
      Option(node.getAttrMap.get(name)).orElse(defaultOf(node.getOp, name)).toSeq
    val one =
      if (argument.getTypeListAttr.nonEmpty) {
        attribute(argument.getTypeListAttr).flatMap(_.getList.getTypeList.asScala)
      } else if (argument.getTypeAttr.nonEmpty) attribute(argument.getTypeAttr).map(_.getType)
      else Seq(argument.getType)
    val count =
      if (argument.getNumberAttr.isEmpty) 1
      else attribute(argument.getNumberAttr).map(_.getI.toInt).headOption.getOrElse(1)
    // `miscounted` reports a count that no node can have.
    if (count > OpRegistry.MaxTensors) Nil else Seq.fill(count)(one).flatten
  }

  /** Returns an impossible count of inputs or outputs of a node, as a phrase, or none. */
  def miscounted(node: NodeDef): Option[String] = {
    val counts = byName.get(node.getOp).toSeq
      .flatMap(op => op.getInputArgList.asScala ++ op.getOutputArgList.asScala)
      .map(_.getNumberAttr)
      .filter(_.nonEmpty)
    counts
      .flatMap(name => Option(node.getAttrMap.get(name)).map(name -> _.getI))
      .collectFirst {
        case (name, count) if count < 0 || count > OpRegistry.MaxTensors =>
          s"op ${node.getOp} with $name=$count, which ends the process,"
      }
  }

  def hasAttribute(op: String, attribute: String): Boolean =
    attributes.get(op).exists(_.contains(attribute))

  /** The value of an attribute that a node does not give. */
  def defaultOf(op: String, attribute: String): Option[AttrValue] =
    for {
      definition <- byName.get(op)
      found <- definition.getAttrList.asScala.find(_.getName == attribute)
      if found.hasDefaultValue
    } yield found.getDefaultValue

  /**
   * Returns an attribute value that the node's op does not accept, as a phrase, or none. An example
   * is a dtype that only newer versions of the op accept. An accepted dtype may still have no
   * kernel.
   */
  def disallowed(node: NodeDef): Option[String] = {
    val found = for {
      definition <- byName.get(node.getOp).toSeq
      attribute <- definition.getAttrList.asScala
      value <- Option(node.getAttrMap.get(attribute.getName)).toSeq
      allowed = OpRegistry.values(attribute.getAllowedValues)
      one <- OpRegistry.values(value)
      isKnown = if (attribute.hasAllowedValues) allowed.contains(one) else one != OpRegistry.Unknown
      if !isKnown
      those = if (allowed.isEmpty) "the runtime's dtypes" else allowed.mkString(", ")
    } yield s"op ${node.getOp} with ${attribute.getName}=$one (allowed: $those)"
    found.headOption
  }
}

private[tfpredict] object OpRegistry {
  // The runtime allocates a list of this length before it counts a node's inputs.
  private val MaxTensors = 1 << 16

  private val Unknown = "a dtype that it does not know"

  // The dtypes and texts of an attribute, since an op can restrict only these to a list. A
  // function's name is neither.
  private def values(attribute: AttrValue): Seq[String] = {
    val (dtypes, texts) = attribute.getValueCase match {
      case AttrValue.ValueCase.TYPE => (Seq(attribute.getTypeValue.toInt), Nil)
      case AttrValue.ValueCase.S => (Nil, Seq(attribute.getS))
      case AttrValue.ValueCase.LIST =>
        val list = attribute.getList
        (list.getTypeValueList.asScala.map(_.toInt).toSeq, list.getSList.asScala.toSeq)
      case _ => (Nil, Nil)
    }
    dtypes.map { number =>
      Option(DataType.forNumber(number)).fold(Unknown)(Kernels.word)
    } ++ texts.map(_.toStringUtf8)
  }
}
