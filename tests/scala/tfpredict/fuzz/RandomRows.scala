package tfpredict.fuzz

import scala.util.Random

import org.apache.spark.sql.catalyst.util.GenericArrayData

import tfpredict.tensor.TensorSpec

/**
 * Makes rows from good ones. Some stay unchanged. In others a few elements, all elements, shapes or
 * nestings differ.
 */
final class RandomRows(inputs: Vector[TensorSpec], good: Vector[GoodRow], seed: Int) {
  import RandomRows._
  private val random = new Random(seed.toLong)
  private val value = new SpoiledValue(random)

  /**
   * Returns the next row.
   *
   * @param isFlat
   *   whether to use flat arrays where they are accepted
   */
  def next(isFlat: Boolean): RandomRow = {
    val number = random.nextInt(good.size)
    val from = good(number).cells
    // Inputs often need equal lengths.
    val length = if (random.nextInt(4) == 0) Some(lengths(random)) else None
    random.nextInt(12) match {
      case 0 | 1 =>
        RandomRow(from.zip(inputs).map { case (c, i) => put(c, i, isFlat) }, Some(number))
      case 2 | 3 | 4 | 5 =>
        val at = random.nextInt(inputs.size)
        made(isFlat, from.indices.map(i => if (i == at) changed(i, from(i), length) else from(i)))
      case 6 | 7 | 8 => made(isFlat, from.indices.map(i => changed(i, from(i), length)))
      case 9 =>
        made(isFlat, inputs.indices.map(i => anything(i, length.getOrElse(lengths(random)))))
      case 10 =>
        val values = from.zip(inputs).map { case (cell, input) => put(cell, input, isFlat) }
        RandomRow(values.updated(random.nextInt(values.size), null), None)
      case _ =>
        val values = from.zip(inputs).map { case (cell, input) => put(cell, input, isFlat) }
        RandomRow(values.map(dented), None)
    }
  }

  private def made(isFlat: Boolean, cells: Seq[Cell]): RandomRow =
    RandomRow(cells.toVector.zip(inputs).map { case (c, i) => put(c, i, isFlat) }, None)

  private def put(cell: Cell, input: TensorSpec, isFlat: Boolean): Any =
    if (isFlat && FuzzedModel.mayBeFlat(input)) cell.flat else cell.nested

  private def changed(at: Int, near: Cell, length: Option[Int]): Cell = {
    val dtype = inputs(at).dtype
    // The value of another row.
    val cell = if (random.nextInt(4) == 0) good(random.nextInt(good.size)).cells(at) else near
    random.nextInt(8) match {
      case _ if length.isDefined => reshaped(at, cell, length.get)
      case 0 | 1 => reshaped(at, cell, lengths(random))
      case 2 => cell.copy(values = cell.values.map(value(dtype, _)))
      case 3 if cell.values.nonEmpty =>
        val one = value(dtype, cell.values(random.nextInt(cell.values.size)))
        cell.copy(values = cell.values.map(_ => one))
      case _ =>
        (0 to random.nextInt(3)).foldLeft(cell)((cell, _) =>
          if (cell.values.isEmpty) cell
          else {
            val place = random.nextInt(cell.values.size)
            cell.copy(values = cell.values.updated(place, value(dtype, cell.values(place))))
          }
        )
    }
  }

  private def anything(at: Int, length: Int): Cell = {
    val shape = shapeOf(at, length)
    val dtype = inputs(at).dtype
    Cell(shape, Vector.fill(shape.product)(value.any(dtype)))
  }

  // Changes open lengths, and repeats the same elements.
  private def reshaped(at: Int, cell: Cell, length: Int): Cell = {
    val shape = shapeOf(at, length)
    val dtype = inputs(at).dtype
    val isSpoiled = random.nextInt(3) == 0
    Cell(
      shape,
      Vector.tabulate(shape.product) { place =>
        if (cell.values.isEmpty) value.any(dtype)
        else {
          val same = cell.values(place % cell.values.size)
          if (isSpoiled && random.nextInt(4) == 0) value(dtype, same) else same
        }
      }
    )
  }

  private def shapeOf(at: Int, length: Int): Vector[Int] = {
    val open = inputs(at).shape.inner.map(dim => if (dim < 0) length else dim.toInt)
    // Sometimes a different length for each dimension.
    val shape = if (random.nextInt(3) > 0) open
    else inputs(at).shape.inner.map(dim => if (dim < 0) lengths(random) else dim.toInt)
    if (shape.map(_.toLong).product > Most) shape.map(math.min(_, 8)).zip(inputs(at).shape.inner)
      .map { case (some, dim) => if (dim < 0) some else dim.toInt }
    else shape
  }

  // Removes or adds an element of an array, or sets one to null.
  private def dented(value: Any): Any = value match {
    case array: GenericArrayData if array.numElements() > 0 && random.nextInt(3) > 0 =>
      val elements = array.array.toVector
      val at = random.nextInt(elements.size)
      val changed = random.nextInt(6) match {
        case 0 => elements.patch(at, Nil, 1)
        case 1 => elements :+ elements(at)
        case 2 => elements.updated(at, null)
        case 3 => Vector.empty
        case _ => elements.updated(at, dented(elements(at)))
      }
      new GenericArrayData(changed.toArray[Any])
    case other => other
  }
}

/**
 * A random row.
 *
 * @param values
 *   the value of each input, as in Spark's row
 * @param good
 *   the number of the good row that it equals, if any
 */
final case class RandomRow(values: Vector[Any], good: Option[Int])

object RandomRows {
  private val Most = 60000L

  private val Lengths = Vector(0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 17, 33, 64)

  private def lengths(random: Random): Int = random.nextInt(150) match {
    case 0 => 20000
    case 1 => 1000
    case _ => Lengths(random.nextInt(Lengths.size))
  }
}
