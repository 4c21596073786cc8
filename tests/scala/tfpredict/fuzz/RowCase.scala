package tfpredict.fuzz

import scala.util.Random

import tfpredict.OnError

/**
 * The name of a batch of rows: a model, and the seed of its rows, such as `jpegs 17`. It may select
 * some of them, such as `jpegs 17 0,4`.
 */
final case class RowCase(model: String, seed: Int, only: Option[Seq[Int]] = None) {
  override def toString: String =
    s"$model $seed" + only.fold("")(rows => " " + rows.mkString(","))

  /** The handling of rejected rows. */
  def onError: OnError = OnError.all(Math.floorMod(seed, OnError.all.size))

  /** Number of rows, before any selection. */
  def size: Int = {
    val random = new Random(seed.toLong)
    1 + random.nextInt(if (random.nextInt(4) == 0) 32 else 8)
  }

  /** The selected rows. */
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
