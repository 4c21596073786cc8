package tfpredict.savedmodel.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.OpRegistry
import tfpredict.savedmodel.rules.Fragment.{kind, number}

/** The nodes that check conditions before a node runs. */
final private[rules] class Check(node: NodeDef, scope: Scope) {
  import Condition._

  // A loop's nodes take nothing from outside of it; those of functions are functions themselves.
  private val besides =
    if (scope.function.isDefined) Nil else Seq(s"^${node.getInput(0).split(':').head}")
  private val make = new Fragment(node, scope, besides, "tfpredict_check_")
  private val dtypes: Vector[DataType] = OpRegistry.runtime.inputs(node).map(_._2).toVector

  /**
   * The checks, and the node itself, which waits for them. The runtime evaluates what it can of a
   * graph when it loads it, and does not wait for checks then. So one input passes an op that it
   * must not evaluate: `Print`, which prints nothing where `first_n` is 0.
   */
  def of(conditions: Seq[(Condition, String => Int)]): Seq[NodeDef] = {
    val waits = conditions.map { case (condition, place) =>
      val words = s"Input of op ${node.getOp} breaks its condition: ${condition.words}."
      make.addBare("Assert", holds(condition, place), make.text(words))(
        "T" -> AttrValue.newBuilder().setList(
          AttrValue.ListValue.newBuilder().addType(DT_STRING)
        ).build()
      )
    }
    val last = node.toBuilder
    // What has a variable is not evaluated.
    if (!dtypes.contains(DT_RESOURCE) && !OpRegistry.runtime.takesReferences(node.getOp)) {
      val passed = make.add("Print", "output", node.getInput(0))(
        "T" -> kind(dtypes.head),
        "U" -> AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance).build(),
        "first_n" -> number(0)
      )
      last.setInput(0, passed)
    }
    waits.foreach(name => last.addInput(s"^$name"))
    make.nodes :+ last.build()
  }

  private def holds(condition: Condition, place: String => Int): String = condition match {
    case Compared(left, sign, right, _) =>
      val op = Map(
        "=" -> "Equal",
        ">=" -> "GreaterEqual",
        "<=" -> "LessEqual",
        ">" -> "Greater",
        "<" -> "Less"
      )(sign)
      compared(op, figure(left, place), figure(right, place))
    case SameShape(left, right, _) =>
      everywhere(compared("Equal", shape(place(left)), shape(place(right))))
    case Volume(name, _) =>
      val sizes = make.cast(node.getInput(place(name)), dtypes(place(name)), DT_DOUBLE)
      val one = make.real(1, DT_DOUBLE)
      val dims = make.add("Maximum", "z", sizes, one)("T" -> kind(DT_DOUBLE))
      val product = make.add("Prod", "output", dims, axes(dims, DT_DOUBLE))(
        "T" -> kind(DT_DOUBLE),
        "Tidx" -> kind(DT_INT32)
      )
      make.add("Less", "z", product, make.real(MaxVolume, DT_DOUBLE))("T" -> kind(DT_DOUBLE))
    case Sorted(name, _) =>
      val values = long(place(name))
      val count =
        make.add("Shape", "output", values)("T" -> kind(DT_INT64), "out_type" -> kind(DT_INT32))
      val less = make.add("Sub", "z", count, make.ints(1))("T" -> kind(DT_INT32))
      def part(begin: Int) =
        make.add("Slice", "output", values, make.ints(begin), less)(
          "T" -> kind(DT_INT64),
          "Index" -> kind(DT_INT32)
        )
      everywhere(compared("GreaterEqual", part(1), part(0)))
  }

  private def compared(op: String, left: String, right: String): String =
    make.add(op, "z", left, right)("T" -> kind(DT_INT64))

  private def everywhere(flags: String): String =
    make.add("All", "output", flags, axes(flags, DT_BOOL))("Tidx" -> kind(DT_INT32))

  private def axes(input: String, dtype: DataType): String =
    make.add(
      "Range",
      "output",
      make.int(0),
      rank(input, dtype),
      make.int(1)
    )("Tidx" -> kind(DT_INT32))

  private def rank(input: String, dtype: DataType): String =
    make.add("Rank", "output", input)("T" -> kind(dtype))

  private def figure(term: Term, place: String => Int): String = term match {
    case Number(value) => make.long(value)
    case Of(what, name, index) =>
      val input = node.getInput(place(name))
      val dtype = dtypes(place(name))
      what match {
        case "rank" => make.cast(rank(input, dtype), DT_INT32, DT_INT64)
        case "count" =>
          make.add("Size", "output", input)("T" -> kind(dtype), "out_type" -> kind(DT_INT64))
        case "dim" =>
          make.add("GatherV2", "output", shape(place(name)), make.int(index), make.int(0))(
            "Tparams" -> kind(DT_INT64),
            "Tindices" -> kind(DT_INT32),
            "Taxis" -> kind(DT_INT32)
          )
        case least =>
          val values = long(place(name))
          make.add(if (least == "min") "Min" else "Max", "output", values, axes(values, DT_INT64))(
            "T" -> kind(DT_INT64),
            "Tidx" -> kind(DT_INT32)
          )
      }
  }

  private def long(place: Int): String = make.cast(node.getInput(place), dtypes(place), DT_INT64)

  private def shape(place: Int): String =
    make.add("Shape", "output", node.getInput(place))(
      "T" -> kind(dtypes(place)),
      "out_type" -> kind(DT_INT64)
    )
}
