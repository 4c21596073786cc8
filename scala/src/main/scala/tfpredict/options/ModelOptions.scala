package tfpredict.options

import tfpredict.messages.OneLine
import tfpredict.{ModelSpec, OnError, PredictOptions}

/**
 * What a function of a model was told, by the names of [[ModelOption]]s.
 *
 * @param nameOf
 *   what messages call an option, such as its key among the settings
 */
final private[tfpredict] class ModelOptions(values: Map[String, Any], nameOf: String => String) {

  /** @throws IllegalArgumentException if there is an option that there is not */
  def checkNames(): Unit = {
    val known = ModelOption.all.map(_.name)
    (values.keySet -- known).toSeq.sorted.headOption.foreach { odd =>
      throw new IllegalArgumentException(
        s"${OneLine.of(nameOf(odd))} is no option; there are ${known.sorted.mkString(", ")}"
      )
    }
  }

  /** @throws IllegalArgumentException if its value is none */
  def apply[A](option: ModelOption[A]): A = values.get(option.name).fold(option.default) { stated =>
    option.of(stated).getOrElse(
      throw new IllegalArgumentException(
        s"${nameOf(option.name)} is ${OneLine.of(stated.toString)}: expected ${option.kind}"
      )
    )
  }

  /** The model at a path, as these say. */
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

  /** Whether a name may be that of a function which is no model's. */
  def replaces: Boolean = apply(ModelOption.Replace)
}
