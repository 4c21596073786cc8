package tfpredict.python

import java.util.{LinkedHashMap, Map => JMap}

import scala.collection.JavaConverters._

import tfpredict.model.ColumnInfo

/** Converts values to types that Py4J passes to Python: maps, lists, boxed numbers and null. */
private[python] object Described {

  /** Returns a map that keeps the fields' order. */
  def fields(values: (String, Any)*): JMap[String, Any] = {
    val map = new LinkedHashMap[String, Any]
    values.foreach { case (name, value) => map.put(name, value) }
    map
  }

  /** Converts an input or output. An open dimension is null. */
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
