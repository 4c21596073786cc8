package tfpredict.savedmodel.draw

/**
 * One box in the drawing of a signature.
 *
 * @param kind
 *   `input`, `layer` or `output`
 * @param name
 *   the signature's name of an input or output, or the graph's scope of a layer
 * @param ops
 *   a layer's ops, each kind once; constants and ops that only pass on a value are left out
 * @param parameters
 *   number of elements in the variables that the layer reads
 * @param from
 *   indices, in the list of boxes, of the boxes that this one reads
 * @since 0.1.0
 */
final case class LayerInfo(
    kind: String,
    name: String,
    ops: Seq[String],
    parameters: Long,
    from: Seq[Int]
)
