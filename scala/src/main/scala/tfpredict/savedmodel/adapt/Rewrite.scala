package tfpredict.savedmodel.adapt

/**
 * One change that lets the runtime run a signature.
 *
 * @param nodes
 *   number of changed nodes
 * @since 0.1.0
 */
final case class Rewrite(what: String, nodes: Int)
