package tfpredict.fuzz

import org.apache.spark.sql.catalyst.util.GenericArrayData
import org.apache.spark.unsafe.types.UTF8String

/** A row's value for one input: elements and a shape. Texts are arrays of bytes. */
final case class Cell(shape: Vector[Int], values: Vector[Any]) {

  /** As a value in Spark's row, nested like the shape. */
  def nested: Any =
    if (shape.isEmpty) Cell.element(values.head) else Cell.array(shape, values)

  /** As one flat array. */
  def flat: Any = Cell.array(Vector(values.size), values)
}

object Cell {
  private def array(shape: Vector[Int], values: Vector[Any]): GenericArrayData = {
    val inside =
      if (shape.size == 1) values.map(element)
      else {
        val size = shape.tail.product
        (0 until shape.head).map(at => array(shape.tail, values.slice(at * size, (at + 1) * size)))
      }
    new GenericArrayData(inside.toArray[Any])
  }

  private def element(value: Any): Any = value match {
    case bytes: Array[Byte] => UTF8String.fromBytes(bytes)
    case other => other
  }
}
