package tfpredict.savedmodel

import scala.collection.JavaConverters._

import org.tensorflow.framework.{OpDef, OpList}

/**
 * The ops that the runtime has, and their attributes. It is kept as a resource, written from the
 * runtime's own list, because a driver has no native library to ask; a test compares the two.
 */
final private[tfpredict] class OpRegistry(ops: OpList) {
  private val byName: Map[String, OpDef] = ops.getOpList.asScala.map(op => op.getName -> op).toMap

  private val attributes: Map[String, Set[String]] =
    byName.mapValues(_.getAttrList.asScala.map(_.getName).toSet).map(identity)

  def contains(op: String): Boolean = byName.contains(op)

  def hasAttribute(op: String, attribute: String): Boolean =
    attributes.get(op).exists(_.contains(attribute))

  /** The value that an attribute has where a node does not name it. */
  def defaultOf(op: String, attribute: String): Option[org.tensorflow.framework.AttrValue] =
    for {
      definition <- byName.get(op)
      found <- definition.getAttrList.asScala.find(_.getName == attribute)
      if found.hasDefaultValue
    } yield found.getDefaultValue
}

private[tfpredict] object OpRegistry {
  val Resource = "/tfpredict/ops-1.15.0.pb"

  /** TensorFlow 1.15.0's. */
  lazy val runtime: OpRegistry = {
    val stream = getClass.getResourceAsStream(Resource)
    require(stream != null, s"the jar lacks its resource $Resource")
    try new OpRegistry(OpList.parseFrom(stream))
    finally stream.close()
  }
}
