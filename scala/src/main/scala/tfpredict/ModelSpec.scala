package tfpredict

import tfpredict.messages.OneLine

/**
 * The path of a model, and the part of it to run. A closure carries nothing else of a model.
 *
 * @param path
 *   a folder of version folders (`path/1`, `path/2`, …), or a folder that itself holds
 *   `saved_model.pb`. It is local, or a URI of any file system that Hadoop knows.
 * @param version
 *   the number of the version folder. By default the highest complete version, resolved once, on
 *   the driver.
 * @param tags
 *   the tags of the graph to load, as `saved_model_cli` prints them
 * @param signature
 *   the name of the signature to run
 * @param outputs
 *   the names of the outputs to return, in this order. By default all outputs, in the order of
 *   their names.
 * @param fingerprint
 *   a hash of the model's files as the driver saw them, set when the spec is resolved. An executor
 *   that finds other files fails its task.
 * @param latest
 *   whether to resolve the highest complete version again at the start of each SQL query and each
 *   micro-batch. If true, `version` is ignored. An RDD has no query, so its version is resolved
 *   once.
 * @since 0.1.0
 */
final case class ModelSpec(
    path: String,
    version: Option[Long] = None,
    tags: Set[String] = Set("serve"),
    signature: String = "serving_default",
    outputs: Seq[String] = Nil,
    fingerprint: Option[String] = None,
    latest: Boolean = false
) {

  /**
   * Returns this spec with a version as settings and params give it.
   *
   * @param word
   *   a number or `latest`, checked by the caller. None is the highest complete version, resolved
   *   once.
   */
  private[tfpredict] def at(word: Option[String]): ModelSpec = copy(
    version = word.filterNot(_ == ModelSpec.Latest).map(_.toLong),
    latest = word.contains(ModelSpec.Latest)
  )

  /** How sentences and logs name this model. */
  def describe: String = s"model $label"

  /** How an error names it. */
  private[tfpredict] def label: String = {
    val shown = version.fold("unversioned")(v => s"version $v")
    OneLine.of(s"$path ($shown, signature $signature)")
  }
}

/** Constants of model specs. */
object ModelSpec {

  /** The value of a version setting that follows the highest complete version. */
  private[tfpredict] val Latest = "latest"
}
