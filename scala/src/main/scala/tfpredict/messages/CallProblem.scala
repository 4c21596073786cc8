package tfpredict.messages

/** What is wrong with a call's arguments, as Spark's analysis will report it. */
final private[tfpredict] case class CallProblem(
    error: ErrorClass,
    expected: String,
    found: String,
    fix: String
)

private[tfpredict] object CallProblem {

  /**
   * One message of all problems, which are of one class.
   *
   * @param model
   *   its path, version and signature
   */
  def message(problems: Seq[CallProblem], model: String): String = {
    def all(of: CallProblem => String, separator: String): String =
      problems.map(of).distinct.mkString(separator)
    // Spark puts a full stop behind it.
    problems.head.error
      .message(all(_.expected, "; "), all(_.found, "; "), all(_.fix, " "), model)
      .stripSuffix(".")
  }
}
