package tfpredict.savedmodel.adapt

import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.engine.OpRegistry

/**
 * A reason why an attribute that the runtime does not know can be dropped without changing results.
 */
private[savedmodel] trait AttributeRule {

  /** The rule's description in `inspect` and logs. */
  def name: String

  /**
   * @param exporter
   *   the op list of the TensorFlow version that wrote the model
   */
  def mayDrop(node: NodeDef, attribute: String, value: AttrValue, exporter: OpRegistry): Boolean
}

/** The table of rules for attributes. */
private[savedmodel] object AttributeRules {

  /** A rule for attributes that may be dropped whatever their value. */
  sealed abstract class Named(override val name: String) extends AttributeRule {

    /** The attributes of an op that may be dropped. */
    def names(op: String): Set[String]

    override def mayDrop(
        node: NodeDef,
        attribute: String,
        value: AttrValue,
        exporter: OpRegistry
    ): Boolean = names(node.getOp)(attribute)
  }

  /**
   * `VarHandleOp.debug_name` only labels a variable in messages. Variables are distinguished by
   * `shared_name`. Source: `tensorflow/core/ops/resource_variable_ops.cc`; the kernel's results do
   * not depend on it.
   */
  object DebugName
      extends Named("VarHandleOp.debug_name, which only labels a variable, is left out") {
    override def names(op: String): Set[String] =
      if (op == "VarHandleOp") Set("debug_name") else Set.empty
  }

  /**
   * `VarHandleOp.allowed_devices` lists the training devices that share a variable. The runtime has
   * one device. Source: `tensorflow/core/ops/resource_variable_ops.cc`.
   */
  object AllowedDevices
      extends Named("VarHandleOp.allowed_devices, which names devices of a training") {
    override def names(op: String): Set[String] =
      if (op == "VarHandleOp") Set("allowed_devices") else Set.empty
  }

  /**
   * TensorFlow adds an attribute to an existing op only with a default that keeps the op's
   * behaviour. The default is the exporter's own, from the model's `stripped_op_list`. Source:
   * TensorFlow's version compatibility guide, "Graph and checkpoint compatibility".
   */
  object ExporterDefault extends AttributeRule {
    override val name = "an attribute of newer TensorFlow at its default is left out"

    override def mayDrop(
        node: NodeDef,
        attribute: String,
        value: AttrValue,
        exporter: OpRegistry
    ): Boolean =
      exporter.defaultOf(node.getOp, attribute).contains(value)
  }

  /**
   * The attributes mark a product as part of a gradient, for devices that compute it in another
   * dtype. Source: `tensorflow/core/kernels/matmul_op_impl.h`, where only the GPU kernels read
   * them.
   */
  object OfGradient extends Named("a product that says it is a gradient's") {
    private val attributes = Map(
      "MatMul" -> Set("grad_a", "grad_b"),
      "BatchMatMul" -> Set("grad_x", "grad_y"),
      "BatchMatMulV2" -> Set("grad_x", "grad_y")
    )

    override def names(op: String): Set[String] = attributes.getOrElse(op, Set.empty)
  }

  /**
   * Attributes of datasets that change no element: a name for profiles, and the device or thread on
   * which a function runs. Sources: `tensorflow/core/framework/metadata.proto`,
   * `dataset_metadata.proto` and `map_dataset_op.cc`.
   */
  object OfDataset
      extends Named("a dataset's name, or how its function is scheduled, is left out") {
    private val attributes = Set("metadata", "force_synchronous", "use_default_device")

    override def names(op: String): Set[String] =
      if (op.contains("Dataset") || op.startsWith("Iterator")) attributes else Set.empty
  }

  /**
   * With the attribute, an assignment checks the value's shape against the variable's shape. At
   * loading, each variable gets its first value, so there is nothing to compare. Source:
   * `resource_variable_ops.cc` of 2.x.
   */
  object ValidateShape
      extends Named("AssignVariableOp.validate_shape, which a first value has no need of") {
    override def names(op: String): Set[String] =
      if (op == "AssignVariableOp") Set("validate_shape") else Set.empty
  }

  val all: Seq[AttributeRule] =
    Seq(DebugName, AllowedDevices, ExporterDefault, OfGradient, OfDataset, ValidateShape)
}
