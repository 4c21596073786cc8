package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, FunctionDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.Fragment.{flag, kind, real}

/**
 * An LSTM by `BlockLSTM`. The order of its gates differs from cuDNN's: input, new cell, forget,
 * output. Source: `lstm_ops.h`.
 */
private[rules] object LstmLayer extends RecurrentLayer {
  override val gates = 4
  override val hasCells = true

  override def functions(dtype: DataType)(implicit catalog: OpCatalog): Seq[FunctionDef] = Nil

  override def run(make: Fragment, dtype: DataType, weights: CudnnWeights.OfLayer)(
      x: String,
      h: String,
      c: String
  ): Seq[String] = {
    val shapes = new Shapes(make, dtype)
    val math = new Arithmetic(make, dtype)
    val order = make.ints(0, 2, 1, 3)
    val units = shapes.dim(h, 1)
    val all = shapes.times(units, make.int(gates))
    val byGate = shapes.gather(shapes.concat(2, Seq(weights.input, weights.state)), order)
    val w = shapes.reshape(shapes.transpose(byGate, 2, 0, 1), shapes.sizes(make.int(-1), all))
    val sum = math.plus(weights.inputBias, weights.stateBias)
    val biases = shapes.reshape(sum, shapes.sizes(make.int(gates), make.int(-1)))
    val b = shapes.reshape(shapes.gather(biases, order), make.ints(-1))
    val none = math.minus(weights.inputBias, weights.inputBias)
    val peephole = shapes.gather(none, shapes.range(units))
    val steps = make.cast(shapes.dim(x, 0), DataType.DT_INT32, DataType.DT_INT64)
    val outputs = make.addOutputs(
      "BlockLSTM",
      Seq("i", "cs", "f", "o", "ci", "co", "h"),
      Seq(steps, x, c, h, w, peephole, peephole, peephole, b): _*
    )(
      "T" -> kind(dtype),
      "forget_bias" -> real(0),
      "cell_clip" -> real(-1),
      "use_peephole" -> flag(false)
    )
    Seq(outputs(6), outputs(1))
  }
}
