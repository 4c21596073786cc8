package tfpredict.columns

import tfpredict.tensor.HostTensor

/**
 * One output of a batch, row after row.
 *
 * @param inner
 *   the dimensions of a row's result
 * @param isElement
 *   whether a row's result is a single value and not an array
 */
final private[tfpredict] case class OutputColumn(
    tensor: HostTensor,
    inner: Vector[Int],
    isElement: Boolean
) {

  /** Number of elements of a row's result. */
  val length: Int = inner.product
}
