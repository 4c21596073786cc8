package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BOOL, DT_INT32, DT_VARIANT}
import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NameAttrList, NodeDef, OpDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds, number}

/**
 * cuDNN's GRU, as a loop over the steps. It applies the reset gate after the product with the
 * state, as Keras does with `reset_after`. The order of its gates is reset, update, new state.
 * Source: cuDNN's guide, `CUDNN_GRU`.
 */
private[rules] object GruLayer extends RecurrentLayer {
  override val gates = 3
  override val hasCells = false

  override def functions(dtype: DataType)(implicit catalog: OpCatalog): Seq[FunctionDef] =
    Seq(goesOn(dtype), step(dtype))

  override def run(make: Fragment, dtype: DataType, weights: CudnnWeights.OfLayer)(
      x: String,
      h: String,
      c: String
  ): Seq[String] = {
    val shapes = new Shapes(make, dtype)
    val (steps, batch, units) = (shapes.dim(x, 0), shapes.dim(x, 1), shapes.dim(h, 1))
    val all = shapes.times(units, make.int(gates))
    def matrix(byGate: String) =
      shapes.reshape(shapes.transpose(byGate, 2, 0, 1), shapes.sizes(make.int(-1), all))
    val rows = shapes.reshape(x, shapes.sizes(shapes.times(steps, batch), shapes.dim(x, 2)))
    val inputs = shapes.reshape(
      affine(make, dtype, rows, matrix(weights.input), weights.inputBias),
      shapes.sizes(steps, batch, all)
    )
    val shape = shapes.sizes(batch, units)
    val list = make.add("TensorListReserve", "handle", shape, steps)(
      "element_dtype" -> kind(dtype),
      "shape_type" -> kind(DT_INT32)
    )
    val stated =
      Seq(make.int(0), steps, h, list, inputs, matrix(weights.state), weights.stateBias)
    val found = make.addList("While", "output", stated.size, stated: _*)(
      "T" -> kinds(dtypes(dtype)),
      "cond" -> function(conditionName(dtype)),
      "body" -> function(stepName(dtype)),
      "output_shapes" -> AttrValue.newBuilder().setList(
        AttrValue.ListValue.getDefaultInstance
      ).build(),
      "_lower_using_switch_merge" -> Fragment.flag(true)
    )
    Seq(make.add("TensorListStack", "tensor", found(3), shape)(
      "element_dtype" -> kind(dtype),
      "num_elements" -> number(-1)
    ))
  }

  private def affine(make: Fragment, dtype: DataType, x: String, w: String, b: String) =
    make.add("BiasAdd", "output", make.add("MatMul", "product", x, w)("T" -> kind(dtype)), b)(
      "T" -> kind(dtype)
    )

  // The loop's variables, in order.
  private val names = Seq("step", "steps", "h", "list", "inputs", "weights", "bias")

  private def dtypes(dtype: DataType): Seq[DataType] =
    Seq(DT_INT32, DT_INT32, dtype, DT_VARIANT, dtype, dtype, dtype)

  private def conditionName(dtype: DataType) = s"tfpredict_gru_goes_on_$dtype"
  private def stepName(dtype: DataType) = s"tfpredict_gru_step_$dtype"

  private def function(name: String): AttrValue =
    AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build()

  private def goesOn(dtype: DataType)(implicit catalog: OpCatalog): FunctionDef =
    written(conditionName(dtype), dtype, Seq(("goes_on", DT_BOOL))) { make =>
      Seq(make.add("Less", "z", "step", "steps")("T" -> kind(DT_INT32)))
    }

  private def step(dtype: DataType)(implicit catalog: OpCatalog): FunctionDef = {
    val outputs = names.zip(dtypes(dtype)).map { case (name, of) => (s"next_$name", of) }
    written(stepName(dtype), dtype, outputs) { make =>
      val shapes = new Shapes(make, dtype)
      val math = new Arithmetic(make, dtype)
      def gatesOf(all: String) =
        make.addList("Split", "output", gates, make.int(1), all)(
          "num_split" -> number(gates.toLong),
          "T" -> kind(dtype)
        )
      val Seq(resetOfX, updateOfX, newOfX) = gatesOf(shapes.gather("inputs", "step"))
      val Seq(resetOfH, updateOfH, newOfH) =
        gatesOf(affine(make, dtype, "h", "weights", "bias"))
      val reset = math.unary("Sigmoid", math.plus(resetOfX, resetOfH))
      val update = math.unary("Sigmoid", math.plus(updateOfX, updateOfH))
      val made = math.unary("Tanh", math.plus(newOfX, math.times(reset, newOfH)))
      val h = math.plus(made, math.times(update, math.minus("h", made)))
      val list = make.add("TensorListSetItem", "output_handle", "list", "step", h)(
        "element_dtype" -> kind(dtype)
      )
      Seq(shapes.plus("step", make.int(1)), "steps", h, list, "inputs", "weights", "bias")
    }
  }

  private def written(name: String, dtype: DataType, outputs: Seq[(String, DataType)])(
      nodes: Fragment => Seq[String]
  )(implicit catalog: OpCatalog): FunctionDef = {
    val function = FunctionDef.newBuilder()
    val signature = function.getSignatureBuilder.setName(name)
    names.zip(dtypes(dtype)).foreach { case (argument, of) =>
      signature.addInputArg(OpDef.ArgDef.newBuilder().setName(argument).setType(of))
    }
    val make = new Fragment(
      NodeDef.newBuilder().setName("made").build(),
      new Scope(Some(name), Map.empty, Map.empty)
    )
    outputs.zip(nodes(make)).foreach { case ((output, of), value) =>
      signature.addOutputArg(OpDef.ArgDef.newBuilder().setName(output).setType(of))
      function.putRet(output, value)
    }
    make.nodes.foreach(node => function.addNodeDef(node))
    function.build()
  }
}
