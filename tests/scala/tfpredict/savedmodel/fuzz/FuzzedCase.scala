package tfpredict.savedmodel.fuzz

/** The name of a case: an op and the numbers that create it, such as `Gather 17.4.9`. */
final case class FuzzedCase(op: String, lineage: Vector[Int]) {
  override def toString: String = s"$op ${lineage.mkString(".")}"

  def andThen(seed: Int): FuzzedCase = copy(lineage = lineage :+ seed)
}

object FuzzedCase {
  def parse(text: String): FuzzedCase = {
    val Array(op, numbers) = text.trim.split(' ')
    FuzzedCase(op, numbers.split('.').map(_.toInt).toVector)
  }
}
