package tfpredict.examples

/** The argument of the example programs, and the format of their results. */
private[examples] object ModelPath {

  def from(args: Array[String], program: String): String =
    args match {
      case Array(path) => path
      case _ =>
        throw new IllegalArgumentException(
          s"usage: $program <path>, the folder of a model's versions, for instance data/linear_model"
        )
    }

  def show(rows: Array[Array[Float]]): String =
    rows.map(_.mkString("Array(", ", ", ")")).mkString("Array(", ", ", ")")
}
