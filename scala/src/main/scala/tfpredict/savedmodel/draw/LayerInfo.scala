package tfpredict.savedmodel.draw

/**
 * One box in the drawing of what a signature runs.
 *
 * @param kind
 *   `input`, `layer` or `output`
 * @param name
 *   of an input or output in the signature; of a layer as the graph names its scope
 * @param ops
 *   a layer's ops, each kind once; constants and what only hands values on are left out
 * @param parameters
 *   elements of the variables that the layer reads
 * @param from
 *   the places in the list of the boxes that this one reads
 * @since 0.1.0
 */
final case class LayerInfo(
    kind: String,
    name: String,
    ops: Seq[String],
    parameters: Long,
    from: Seq[Int]
)
