package tfpredict

import tfpredict.messages.{ErrorClass, IllegalValue, OneLine}

/** What becomes of a row that a model cannot take; its neighbours get their results either way. */
sealed abstract class OnError(val name: String) extends Serializable {
  override def toString: String = name
}

object OnError {

  /** Its task fails, with the row's place and reason. */
  case object Fail extends OnError("fail")

  /** Its result is null. */
  case object Null extends OnError("null")

  /**
   * Every result is a struct of `value` and `error`, of which one is null. Where an input is null
   * both are, and the struct is there all the same.
   */
  case object Struct extends OnError("struct")

  /**
   * Its failure is the error of a struct, for whoever reads the result to throw. No user can ask
   * for it: it is `Fail` where Spark may end before it reads all results.
   */
  private[tfpredict] case object Late extends OnError("late")

  val all: Seq[OnError] = Seq(Fail, Null, Struct)

  /** @throws IllegalArgumentException if it is none of these names */
  def of(name: String): OnError = all.find(_.name == name).getOrElse(
    throw IllegalValue.of(
      ErrorClass.ArgumentValue,
      s"one of ${all.mkString(", ")} for on_error",
      OneLine.of(name),
      "Pass one of these."
    )
  )
}
