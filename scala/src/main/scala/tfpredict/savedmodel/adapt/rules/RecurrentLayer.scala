package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, FunctionDef}

import tfpredict.engine.OpCatalog

/** A recurrent layer, computed by ops that the CPU has. All its tensors have one dtype. */
private[rules] trait RecurrentLayer {

  /** Number of gates of a unit. */
  def gates: Int

  /** Whether it has a second state. */
  def hasCells: Boolean

  /**
   * @param x
   *   inputs of shape `[steps, batch, inputs]`
   * @param h
   *   the first state, of shape `[batch, units]`
   * @param c
   *   the second state, if there is one
   * @return
   *   one or two states after each step, of shape `[steps, batch, units]`
   */
  def run(make: Fragment, dtype: DataType, weights: CudnnWeights.OfLayer)(
      x: String,
      h: String,
      c: String
  ): Seq[String]

  /** The functions that [[run]] calls. */
  def functions(dtype: DataType)(implicit catalog: OpCatalog): Seq[FunctionDef]
}
