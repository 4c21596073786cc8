package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT8}
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * GPU recurrent layers. They are ordinary LSTMs and GRUs with their weights in one vector. Outputs
 * that only training needs are empty. Source: `cudnn_rnn_ops.cc`, definitions and kernels.
 */
private[savedmodel] object CudnnRecurrent extends NodeRule {
  override val ops: Set[String] = Set("CudnnRNN", "CudnnRNNV2", "CudnnRNNV3")
  override val why = "a recurrent layer of cuDNN is one of the CPU's ops"

  private val modes = Map("lstm" -> LstmLayer, "gru" -> GruLayer)

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    import scope.catalog
    val isOfLengths = node.getOp == "CudnnRNNV3"
    val isTimeMajor = CudnnAttributes.flag(node, "time_major")
    val directions = CudnnAttributes.directions(node)
    val mode = CudnnAttributes.word(node, "rnn_mode")
    val states = node.getInputList.asScala.filterNot(_.startsWith("^")).lift(1)
      .flatMap(scope.shape)
      .filter(_.size == 3)
      .map(_(if (isTimeMajor) 0 else 1).toInt)
    def refused(what: String) =
      Verdict.Refuse(s"op ${node.getOp} with $what, which has no kernel for a CPU,")
    (CudnnAttributes.unusual(node), modes.get(mode), states) match {
      case _ if !NodeRule.isComplete(node, scope) => Verdict.Keep
      case (Some(unusual), _, _) => refused(unusual)
      case (_, None, _) => refused(s"rnn_mode=$mode")
      case (_, Some(layer), Some(count)) if count > 0 && count % directions == 0 =>
        new Layers(node, scope, layer, count / directions, directions, isTimeMajor, isOfLengths).all
      case _ => refused("an unknown number of layers")
    }
  }

  final private class Layers(
      node: NodeDef,
      scope: Scope,
      layer: RecurrentLayer,
      layers: Int,
      directions: Int,
      isTimeMajor: Boolean,
      isOfLengths: Boolean
  ) {
    private val make = Fragment.inLoop(node, scope)
    private val dtype = node.getAttrOrThrow("T").getType
    private val shapes = new Shapes(make, dtype)
    // Number of steps of each row.
    private val lengths = if (isOfLengths) make.inputs.lift(4) else None

    private def turned(tensor: String) =
      if (isTimeMajor) tensor else shapes.transpose(tensor, 1, 0, 2)

    def all: Verdict = {
      val Seq(input, inputH, inputC, params) = make.inputs.take(4)
      val first = turned(input)
      val h = turned(inputH)
      val c = if (layer.hasCells) turned(inputC) else inputC
      val units = shapes.dim(h, 2)
      val weights = new CudnnWeights(make, dtype, layer.gates, layers, directions, units)
        .of(params, shapes.dim(first, 2))
      val ends = Seq.newBuilder[Seq[String]]
      val last = (0 until layers).foldLeft(first) { (x, number) =>
        val made = (0 until directions).map { direction =>
          val place = number * directions + direction
          val (states, end) = one(x, h, c, weights(place), place, isBackward = direction == 1)
          ends += end
          states
        }
        shapes.concat(2, made)
      }
      val found = ends.result()
      def endOf(state: Int) = turned(shapes.pack(found.map(_(state))))
      val values = Seq(
        turned(last),
        endOf(0),
        if (layer.hasCells) endOf(1) else inputC,
        make.none(dtype),
        make.none(DT_INT8)
      )
      val outputs = scope.catalog.ops.outputs(node).map { case (name, of) => name -> of.head }
      val verdict = make.finishAll(
        outputs.zip(values).map { case ((name, of), value) => (name, value, of) }
      )
      verdict.copy(functions = layer.functions(dtype)(scope.catalog))
    }

    // The states after each step, and after the last step.
    private def one(
        x: String,
        h: String,
        c: String,
        weights: CudnnWeights.OfLayer,
        place: Int,
        isBackward: Boolean
    ): (String, Seq[String]) = {
      val starts =
        Seq(shapes.at(h, place)) ++ (if (layer.hasCells) Seq(shapes.at(c, place)) else Nil)
      val stated = if (isBackward) reversed(x) else x
      val states = layer.run(make, dtype, weights)(stated, starts.head, starts.last)
      val outputs = upToLength(states.head)
      val ends = starts.zip(states).map { case (start, state) => endOf(start, state) }
      (if (isBackward) reversed(outputs) else outputs, ends)
    }

    private def reversed(x: String): String = lengths match {
      case None =>
        make.add("ReverseV2", "output", x, make.ints(0))(
          "T" -> kind(dtype),
          "Tidx" -> kind(DT_INT32)
        )
      case Some(counts) =>
        make.add("ReverseSequence", "output", x, counts)(
          "T" -> kind(dtype),
          "Tlen" -> kind(DT_INT32),
          "seq_dim" -> Fragment.number(0),
          "batch_dim" -> Fragment.number(1)
        )
    }

    // Zero after a row's last step.
    private def upToLength(states: String): String = lengths.fold(states) { counts =>
      val steps = shapes.expand(shapes.range(shapes.dim(states, 0)), 1, DT_INT32)
      val isWithin = make.add("Less", "z", steps, counts)("T" -> kind(DT_INT32))
      val zeros = make.add("ZerosLike", "y", states)("T" -> kind(dtype))
      make.add("SelectV2", "output", shapes.expand(isWithin, 2, DataType.DT_BOOL), states, zeros)(
        "T" -> kind(dtype)
      )
    }

    // A row without steps keeps its initial state.
    private def endOf(start: String, states: String): String = {
      val all = shapes.concat(0, Seq(shapes.expand(start, 0), states))
      lengths match {
        case None => shapes.gather(all, shapes.dim(states, 0))
        case Some(counts) =>
          val places = shapes.columns(counts, shapes.range(shapes.dim(start, 0)))
          make.add("GatherNd", "output", all, places)(
            "Tparams" -> kind(dtype),
            "Tindices" -> kind(DT_INT32)
          )
      }
    }
  }
}
