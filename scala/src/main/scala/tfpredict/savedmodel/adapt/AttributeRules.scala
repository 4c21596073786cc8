package tfpredict.savedmodel.adapt

import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.engine.OpRegistry

/**
 * A reason for which an attribute that the runtime does not know may be left out: leaving it out
 * changes nothing.
 */
private[savedmodel] trait AttributeRule {

  /** What `inspect` and logs call it. */
  def name: String

  /** @param exporter the ops of the TensorFlow that wrote the model */
  def mayDrop(node: NodeDef, attribute: String, value: AttrValue, exporter: OpRegistry): Boolean
}

private[savedmodel] object AttributeRules {

  /** One for attributes whose values do not matter. */
  sealed abstract class Named(override val name: String) extends AttributeRule {

    /** Those of an op. */
    def names(op: String): Set[String]

    override def mayDrop(
        node: NodeDef,
        attribute: String,
        value: AttrValue,
        exporter: OpRegistry
    ): Boolean = names(node.getOp)(attribute)
  }

  /**
   * `VarHandleOp.debug_name` only labels a variable in messages; variables are told apart by
   * `shared_name`. Source: `tensorflow/core/ops/resource_variable_ops.cc` and its kernel, which
   * never reads it for results.
   */
  object DebugName
      extends Named("VarHandleOp.debug_name, which only labels a variable, is left out") {
    override def names(op: String): Set[String] =
      if (op == "VarHandleOp") Set("debug_name") else Set.empty
  }

  /**
   * `VarHandleOp.allowed_devices` lists devices of a training that share a variable; the runtime
   * has one. Source: `tensorflow/core/ops/resource_variable_ops.cc`.
   */
  object AllowedDevices
      extends Named("VarHandleOp.allowed_devices, which names devices of a training") {
    override def names(op: String): Set[String] =
      if (op == "VarHandleOp") Set("allowed_devices") else Set.empty
  }

  /**
   * TensorFlow adds attributes to existing ops only with a default under which the op does what it
   * did before. The default is the exporter's own, kept in the model's `stripped_op_list`. Source:
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
   * A product in a gradient says so, for devices that compute it in a dtype of its own. Source:
   * `tensorflow/core/kernels/matmul_op_impl.h`, where only the GPU's kernels read it.
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
   * What datasets have that changes no element: the name under which a profile shows one, and that
   * on which device or thread its function runs. Source:
   * `tensorflow/core/framework/metadata.proto`, `dataset_metadata.proto` and `map_dataset_op.cc`.
   */
  object OfDataset
      extends Named("a dataset's name, or how its function is scheduled, is left out") {
    private val attributes = Set("metadata", "force_synchronous", "use_default_device")

    override def names(op: String): Set[String] =
      if (op.contains("Dataset") || op.startsWith("Iterator")) attributes else Set.empty
  }

  /**
   * A value is held against the shape that the variable has by then, and refused where it is
   * another. Loading gives each variable its first value. Source: `resource_variable_ops.cc` of
   * 2.x.
   */
  object ValidateShape
      extends Named("AssignVariableOp.validate_shape, which a first value has no need of") {
    override def names(op: String): Set[String] =
      if (op == "AssignVariableOp") Set("validate_shape") else Set.empty
  }

  val all: Seq[AttributeRule] =
    Seq(DebugName, AllowedDevices, ExporterDefault, OfGradient, OfDataset, ValidateShape)
}
