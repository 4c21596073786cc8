package tfpredict.python

import java.util.{LinkedHashMap, Map => JMap}

import scala.collection.JavaConverters._

import tfpredict.model.ColumnInfo

/** Values as Python has them: maps, lists, boxed numbers and null. */
private[python] object Described {

  /** Fields, in the order in which they are written. */
  def fields(values: (String, Any)*): JMap[String, Any] = {
    val map = new LinkedHashMap[String, Any]
    values.foreach { case (name, value) => map.put(name, value) }
    map
  }

  /** An input or output; a dimension that is open is null. */
  def column(column: ColumnInfo): JMap[String, Any] = fields(
    "name" -> column.tensor.name,
    "tensor" -> column.tensor.tensor,
    "dtype" -> column.tensor.dtype.name,
    "shape" -> column.tensor.shape.dims
      .map(_.map(dim => if (dim < 0) null else Long.box(dim)).asJava)
      .orNull,
    "spark_type" -> column.sparkType.orNull
  )
}
