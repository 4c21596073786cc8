package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, FunctionDef}

import tfpredict.engine.OpCatalog

/**
 * A layer that goes through steps of time, computed by ops that the CPU has. Tensors are of one
 * dtype.
 */
private[rules] trait RecurrentLayer {

  /** How many gates a unit has. */
  def gates: Int

  /** Whether it has a second state. */
  def hasCells: Boolean

  /**
   * @param x
   *   inputs of shape `[steps, batch, inputs]`
   * @param h
   *   the first state, of shape `[batch, units]`
   * @param c
   *   the second, where there is one
   * @return
   *   the states after each step, of shape `[steps, batch, units]`; one or two
   */
  def run(make: Fragment, dtype: DataType, weights: CudnnWeights.OfLayer)(
      x: String,
      h: String,
      c: String
  ): Seq[String]

  /** The functions that [[run]] calls. */
  def functions(dtype: DataType)(implicit catalog: OpCatalog): Seq[FunctionDef]
}
