package tfpredict.options

import tfpredict.messages.{ErrorClass, IllegalValue}
import tfpredict.{ModelSpec, OnError, PredictOptions}

/**
 * The options given for a model's function, by the names of [[ModelOption]]s.
 *
 * @param nameOf
 *   an option's name in messages, such as its key in the settings
 */
final private[tfpredict] class ModelOptions(values: Map[String, Any], nameOf: String => String) {

  /** @throws IllegalArgumentException if an option does not exist */
  def checkNames(): Unit = {
    val known = ModelOption.all.map(_.name)
    (values.keySet -- known).toSeq.sorted.headOption.foreach { odd =>
      throw IllegalValue.of(
        ErrorClass.SettingUnknown,
        s"an option of a model: ${known.sorted.mkString(", ")}",
        nameOf(odd),
        "Use one of these options."
      )
    }
  }

  /** @throws IllegalArgumentException if its value is not valid */
  def apply[A](option: ModelOption[A]): A = values.get(option.name).fold(option.default) { stated =>
    option.of(stated).getOrElse(
      throw IllegalValue.of(
        ErrorClass.ArgumentValue,
        s"${option.kind} for ${nameOf(option.name)}",
        stated.toString,
        "Give such a value."
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
