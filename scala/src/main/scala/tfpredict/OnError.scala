package tfpredict

import tfpredict.messages.{ErrorClass, IllegalValue, OneLine}

/** Handling of a row that the model rejects. All other rows get their results either way. */
sealed abstract class OnError(val name: String) extends Serializable {
  override def toString: String = name
}

/** The ways to handle a rejected row. */
object OnError {

  /** Fails the task. The message gives the row's number and the reason. */
  case object Fail extends OnError("fail")

  /** Gives the row a null result. */
  case object Null extends OnError("null")

  /**
   * Makes every result a struct of `value` and `error`. One of the two fields is null. If an input
   * is null, both fields are null, but the struct itself is not.
   */
  case object Struct extends OnError("struct")

  /**
   * Gives the row a struct whose `error` is the failure, which the reader of the result throws.
   * Internal: it stands for `Fail` where Spark may stop before it reads all results.
   */
  private[tfpredict] case object Late extends OnError("late")

  /** All values that a user can choose. */
  val all: Seq[OnError] = Seq(Fail, Null, Struct)

  /**
   * Returns the value with this name.
   *
   * @throws IllegalArgumentException
   *   if no value has this name
   */
  def of(name: String): OnError = all.find(_.name == name).getOrElse(
    throw IllegalValue.of(
      ErrorClass.ArgumentValue,
      s"one of ${all.mkString(", ")} for on_error",
      OneLine.of(name),
      "Pass one of these."
    )
  )
}
