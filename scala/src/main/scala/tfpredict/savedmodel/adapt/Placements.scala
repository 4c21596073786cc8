package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

/**
 * Removes nodes' requests for devices. The devices of the training may be missing here. The CPU
 * then runs every op that has a kernel for it.
 */
private[savedmodel] object Placements {

  /** The node without requests for a device, compiler, kernel or memory. */
  def without(node: NodeDef): NodeDef = {
    val builder = node.toBuilder.clearDevice()
    node.getAttrMap.keySet.asScala
      .filter(name => OfTheRuntime(name) || isOfDevice(name))
      .foreach(builder.removeAttr)
    builder.build()
  }

  /**
   * Whether an attribute of a node or a function requests a compiler or devices. The runtime has a
   * compiler, but it would compile again for each batch size.
   */
  def isOfDevice(attribute: String): Boolean = OfDevices.exists(attribute.startsWith)

  /**
   * Attributes that the runtime reads from any op.
   *
   * `_class` names nodes on whose device this node must run. The runtime has one device, and
   * rejects the name of a removed node. `_kernel` requests a kernel by a label, such as one of a
   * GPU library. The others tell the runtime to share memory between outputs. It does so without a
   * check, and adds them itself where they help.
   */
  private val OfTheRuntime = Set("_class", "_kernel", "_scoped_allocator", "_forward_input")

  private val OfDevices = Seq("_Xla", "_xla", "_tpu", "_replication_info", "_host_compute")
}
