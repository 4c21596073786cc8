package tfpredict

import tfpredict.messages.OneLine

/**
 * Where a model is and which part of it serves: all that a closure carries.
 *
 * @param path
 *   a folder of version folders (`path/1`, `path/2`, …), or a folder that itself holds
 *   `saved_model.pb`
 * @param version
 *   the version folder to use; none means the highest complete one, decided once, on the driver
 * @param tags
 *   the tags of the graph to load, as `saved_model_cli` prints them
 * @param signature
 *   the signature to run
 * @param outputs
 *   the outputs that are wanted, in this order; none means all, in the order of their names
 * @param fingerprint
 *   set when the spec has been resolved: what the driver saw at `path`, so that an executor which
 *   finds something else says so and does not run it
 * @param latest
 *   whether the highest complete version is looked for again at the start of each SQL query and
 *   micro-batch, whatever `version` says; where there is no query, as in an RDD, it is decided once
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
   * The same with its version as settings and params have it: a number, or `latest`.
   *
   * @param word
   *   none for the highest complete one, decided once; what is no number must have been refused
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

object ModelSpec {

  /** What stands where a version's number could. */
  private[tfpredict] val Latest = "latest"
}
