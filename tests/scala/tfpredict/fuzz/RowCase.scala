package tfpredict.fuzz

import scala.util.Random

import tfpredict.OnError

/**
 * The name of a batch of rows: a model, and the number that makes the rows, such as `jpegs 17`; or
 * only some of them, such as `jpegs 17 0,4`.
 */
final case class RowCase(model: String, seed: Int, only: Option[Seq[Int]] = None) {
  override def toString: String =
    s"$model $seed" + only.fold("")(rows => " " + rows.mkString(","))

  /** What becomes of its rows that cannot be run. */
  def onError: OnError = OnError.all(Math.floorMod(seed, OnError.all.size))

  /** How many rows there are of it, all told. */
  def size: Int = {
    val random = new Random(seed.toLong)
    1 + random.nextInt(if (random.nextInt(4) == 0) 32 else 8)
  }

  /** Those that are run. */
  def rows: Seq[Int] = only.getOrElse(0 until size)
}

object RowCase {
  def parse(text: String): RowCase = text.trim.split(' ') match {
    case Array(model, seed) => RowCase(model, seed.toInt)
    case Array(model, seed, rows) =>
      RowCase(model, seed.toInt, Some(rows.split(',').map(_.toInt).toSeq))
    case _ => throw new IllegalArgumentException(s"$text: expected a model, a number, and rows")
  }
}
