package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

/**
 * Where nodes ask to run. A model is trained on devices that are not here: the CPU runs what has a
 * kernel for it.
 */
private[savedmodel] object Placements {

  /** A node that asks for no device, compiler, kernel or memory. */
  def without(node: NodeDef): NodeDef = {
    val builder = node.toBuilder.clearDevice()
    node.getAttrMap.keySet.asScala
      .filter(name => OfTheRuntime(name) || isOfDevice(name))
      .foreach(builder.removeAttr)
    builder.build()
  }

  /**
   * Whether an attribute of a node or a function asks for a compiler, or for devices that it is
   * for. The runtime has one, which would compile again for each size of a batch.
   */
  def isOfDevice(attribute: String): Boolean = OfDevices.exists(attribute.startsWith)

  /**
   * Attributes that the runtime reads of any op. The first names nodes on whose device a node shall
   * run: the runtime has one device, and refuses a name that no kept node has. The second asks for
   * a kernel by a label, such as one of a GPU's library. With the others its own rewriting lays one
   * output over the memory of another; it does so without a check, and adds them where it wants
   * them.
   */
  private val OfTheRuntime = Set("_class", "_kernel", "_scoped_allocator", "_forward_input")

  private val OfDevices = Seq("_Xla", "_xla", "_tpu", "_replication_info", "_host_compute")
}
