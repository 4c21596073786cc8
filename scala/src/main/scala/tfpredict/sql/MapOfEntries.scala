package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback
import org.apache.spark.sql.catalyst.expressions.{Expression, UnaryExpression}
import org.apache.spark.sql.catalyst.util.{ArrayBasedMapData, ArrayData}
import org.apache.spark.sql.types.{ArrayType, DataType, MapType, StructType}

/**
 * Builds a map from the entries of another map. Unlike Spark's `map_from_entries`, it keeps
 * duplicate keys.
 *
 * @param child
 *   an array of structs, with the key as first field and the value as second
 */
private[sql] case class MapOfEntries(child: Expression)
    extends UnaryExpression
    with CodegenFallback {
  private val ArrayType(entry: StructType, _) = child.dataType
  private val Array(key, value) = entry.fields.take(2)

  override def dataType: DataType = MapType(key.dataType, value.dataType, value.nullable)

  override protected def nullSafeEval(entries: Any): Any = {
    val structs = entries.asInstanceOf[ArrayData]
    val length = structs.numElements()
    val keys = new Array[Any](length)
    val values = new Array[Any](length)
    var index = 0
    while (index < length) {
      val struct = structs.getStruct(index, entry.size)
      keys(index) = struct.get(0, key.dataType)
      if (!struct.isNullAt(1)) values(index) = struct.get(1, value.dataType)
      index += 1
    }
    ArrayBasedMapData(keys, values)
  }

  override protected def withNewChildInternal(child: Expression): MapOfEntries =
    copy(child = child)
}
