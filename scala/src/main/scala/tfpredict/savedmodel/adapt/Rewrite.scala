package tfpredict.savedmodel.adapt

/**
 * What is changed so that the runtime can run a signature.
 *
 * @param nodes
 *   at how many it is changed
 * @since 0.1.0
 */
final case class Rewrite(what: String, nodes: Int)
