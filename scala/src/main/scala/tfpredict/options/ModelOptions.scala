package tfpredict.options

import tfpredict.messages.OneLine
import tfpredict.{ModelSpec, OnError, PredictOptions}

/**
 * The options given for a model's function, by the names of [[ModelOption]]s.
 *
 * @param nameOf
 *   an option's name in messages, such as its key in the settings
 */
final private[tfpredict] class ModelOptions(values: Map[String, Any], nameOf: String => String) {

  /**
   * Refuses unknown options.
   *
   * @throws IllegalArgumentException
   *   if an option is unknown
   */
  def checkNames(): Unit = {
    val known = ModelOption.all.map(_.name)
    (values.keySet -- known).toSeq.sorted.headOption.foreach { odd =>
      throw new IllegalArgumentException(
        s"${OneLine.of(nameOf(odd))} is no option; there are ${known.sorted.mkString(", ")}"
      )
    }
  }

  /**
   * Returns an option's value, or its default if none is given.
   *
   * @throws IllegalArgumentException
   *   if the value is invalid
   */
  def apply[A](option: ModelOption[A]): A = values.get(option.name).fold(option.default) { stated =>
    option.of(stated).getOrElse(
      throw new IllegalArgumentException(
        s"${nameOf(option.name)} is ${OneLine.of(stated.toString)}: expected ${option.kind}"
      )
    )
  }

  /** Returns the spec of the model at a path, with these options. */
  def spec(path: String): ModelSpec = ModelSpec(
    path,
    tags = apply(ModelOption.Tags).toSet,
    signature = apply(ModelOption.SignatureName),
    outputs = apply(ModelOption.Outputs)
  ).at(apply(ModelOption.Version))

  def ofCalls: PredictOptions = PredictOptions(
    apply(ModelOption.BatchSize),
    apply[OnError](ModelOption.OnErrors),
    apply(ModelOption.ModelVersion)
  )

  /** Whether the function may replace one of another kind that has the name. */
  def replaces: Boolean = apply(ModelOption.Replace)
}
