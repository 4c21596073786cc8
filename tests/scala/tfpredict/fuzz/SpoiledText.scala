package tfpredict.fuzz

import scala.util.Random

import tfpredict.savedmodel.fuzz.Texts

/** Texts and files derived from good ones: truncated, with changed bits, repeated, or replaced. */
final class SpoiledText(random: Random) {
  import SpoiledText._

  /**
   * Returns a changed text.
   *
   * @param near
   *   a good text
   */
  def apply(near: Array[Byte]): Array[Byte] =
    if (near.isEmpty || random.nextInt(6) == 0) other()
    else
      random.nextInt(12) match {
        case 0 | 1 => near.take(random.nextInt(near.length))
        case 2 => near.drop(random.nextInt(near.length))
        case 3 =>
          val at = random.nextInt(near.length)
          near.take(at) ++ near.drop(at + 1 + random.nextInt(8))
        case 4 =>
          val at = random.nextInt(near.length)
          near.take(at) ++ bytes(1 + random.nextInt(6)) ++ near.drop(at)
        case 5 => near ++ near
        case 6 if random.nextInt(20) == 0 => Iterator.continually(near).flatten.take(Mega).toArray
        case 6 | 7 => number(near)
        case _ => flipped(near)
      }

  private def flipped(near: Array[Byte]): Array[Byte] = {
    val changed = near.clone
    // The header of a file matters more than the rest.
    val reach = if (random.nextBoolean()) near.length else math.min(near.length, 64)
    for (_ <- 0 to random.nextInt(5)) {
      val at = random.nextInt(reach)
      changed(at) =
        if (random.nextBoolean()) (changed(at) ^ (1 << random.nextInt(8))).toByte
        else Extremes(random.nextInt(Extremes.size)).toByte
    }
    changed
  }

  // Values typical of lengths and sizes in files.
  private def number(near: Array[Byte]): Array[Byte] = {
    val value = Numbers(random.nextInt(Numbers.size))
    val size = Seq(2, 4, 8)(random.nextInt(3))
    val written = (0 until size).map(at => (value >> (8 * at)).toByte)
    near.patch(
      random.nextInt(near.length),
      if (random.nextBoolean()) written else written.reverse,
      size
    ).take(near.length)
  }

  private def other(): Array[Byte] = random.nextInt(5) match {
    case 0 => Array.emptyByteArray
    case 1 => bytes(random.nextInt(40))
    case 2 => Invalid(random.nextInt(Invalid.size))
    case _ => Texts.of(random.nextInt(1 << 20), isSpoiled = random.nextBoolean())().toByteArray
  }

  private def bytes(count: Int): Array[Byte] = {
    val made = new Array[Byte](count)
    random.nextBytes(made)
    made
  }
}

object SpoiledText {
  private val Mega = 1 << 20

  private val Extremes = Seq(0, 1, -1, 127, -128, '"'.toInt, ','.toInt, ' '.toInt)

  private val Numbers =
    Seq(0L, 1, -1, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000L, 0xffffffffL, Long.MaxValue)

  // Invalid UTF-8: an impossible byte, a truncated character, an overlong one, half of a pair, and
  // one beyond the last code point.
  private val Invalid = Seq("ff", "e4b8", "c080", "eda080", "f4908080", "610062", "efbbbf", "80bf")
    .map(_.grouped(2).map(Integer.parseInt(_, 16).toByte).toArray)
}
