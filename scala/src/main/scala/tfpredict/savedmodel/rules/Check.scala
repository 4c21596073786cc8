package tfpredict.savedmodel.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorShapeProto}

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
   * graph when it loads it, and does not wait for checks then. It also takes for granted that
   * inputs have the shapes that an op's definition wants, and finds checks of them superfluous. So
   * the node takes its inputs from ops whose values or shapes are not known before they run.
   *
   * @param shapes
   *   of inputs that the model tells, and that suffice where they are true
   */
  def of(
      conditions: Seq[(Condition, String => Int)],
      shapes: Map[Int, Vector[Long]] = Map.empty
  ): Seq[NodeDef] = {
    val last = node.toBuilder
    def through(place: Int, op: String, more: String*)(attributes: (String, AttrValue)*): Unit = {
      val passed = make.add(op, "output", last.getInput(place) +: more: _*)(
        ("T" -> kind(dtypes(place))) +: attributes: _*
      )
      last.setInput(place, passed)
      ()
    }
    for ((place, dims) <- shapes.toSeq.sortBy(_._1))
      through(place, "EnsureShape")("shape" -> shapeOf(dims))
    val (ofOne, asserted) = conditions.partition { case (one, _) => single(one).isDefined }
    for ((condition, place) <- ofOne; name <- single(condition))
      through(place(name), "Reshape", make.ints())("Tshape" -> kind(DT_INT32))
    val waits = asserted.map { case (condition, place) =>
      val words = s"Input of op ${node.getOp} breaks its condition: ${condition.words}."
      make.addBare("Assert", holds(condition, place), make.text(words))(
        "T" -> AttrValue.newBuilder().setList(
          AttrValue.ListValue.newBuilder().addType(DT_STRING)
        ).build()
      )
    }
    // What has a variable is not evaluated.
    val isEvaluated =
      !dtypes.contains(DT_RESOURCE) && !OpRegistry.runtime.takesReferences(node.getOp)
    if (waits.nonEmpty && isEvaluated) {
      // What is constant stays so: some definitions want to know it.
      def open(names: Condition => Seq[String]) =
        asserted.flatMap { case (condition, place) => names(condition).map(place) }
          .distinct
          .filter(place => scope.constant(node.getInput(place)).isEmpty)
      val shaped = open(shapesOf)
      for (place <- shaped) {
        val shape = make.add("Shape", "output", last.getInput(place))(
          "T" -> kind(dtypes(place)),
          "out_type" -> kind(DT_INT32)
        )
        through(place, "Reshape", printed(shape, DT_INT32))("Tshape" -> kind(DT_INT32))
      }
      if (shaped.isEmpty) {
        val place = open(_.names).headOption.getOrElse(0)
        last.setInput(place, printed(last.getInput(place), dtypes(place)))
      }
    }
    waits.foreach(name => last.addInput(s"^$name"))
    make.nodes :+ last.build()
  }

  /**
   * Passes an op that must not be evaluated: `Print`, which prints nothing where `first_n` is 0.
   */
  private def printed(input: String, dtype: DataType): String =
    make.add("Print", "output", input)(
      "T" -> kind(dtype),
      "U" -> AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance).build(),
      "first_n" -> number(0)
    )

  // An input of one element, which costs no more to make sure of.
  private def single(condition: Condition): Option[String] = condition match {
    case Compared(Of("count", name, _), "=", Number(1), _) => Some(name)
    case _ => None
  }

  /** The inputs whose shapes a condition looks at. */
  private def shapesOf(condition: Condition): Seq[String] = condition match {
    case Where(_, _, inner) => shapesOf(inner)
    case Either(one, other) => shapesOf(one) ++ shapesOf(other)
    case Compared(left, _, right, _) =>
      Seq(left, right).collect { case Of(what, name, _) if OfShape(what) => name }
    case SameShape(left, right, _, _) => Seq(left, right)
    case _ => Nil
  }

  private def shapeOf(dims: Vector[Long]): AttrValue = {
    val shape = TensorShapeProto.newBuilder()
    dims.foreach(size => shape.addDimBuilder().setSize(size))
    AttrValue.newBuilder().setShape(shape).build()
  }

  private def holds(condition: Condition, place: String => Int): String = condition match {
    case Where(_, _, inner) => holds(inner, place)
    case Either(one, other) =>
      make.add("LogicalOr", "z", holds(one, place), holds(other, place))()
    case Compared(left, sign, right, _) =>
      val op = Map(
        "=" -> "Equal",
        ">=" -> "GreaterEqual",
        "<=" -> "LessEqual",
        ">" -> "Greater",
        "<" -> "Less"
      )(sign)
      val dtype = if (Seq(left, right).exists(isReal(_, place))) DT_DOUBLE else DT_INT64
      val Seq(one, other) = Seq(left, right).map(figure(_, place, dtype))
      make.add(op, "z", one, other)("T" -> kind(dtype))
    case SameShape(left, right, besides, _) =>
      val Seq(one, other) = Seq(left, right).map(name => rank(place(name)))
      val sameRank = make.add("Equal", "z", one, other)("T" -> kind(DT_INT32))
      val Seq(first, second) = Seq(left, right).map(name => outer(shape(place(name)), besides))
      val same = everywhere(compared("Equal", first, second))
      make.add("LogicalAnd", "z", sameRank, same)()
    case Finite(name, _) =>
      val real = make.cast(node.getInput(place(name)), dtypes(place(name)), DT_DOUBLE)
      everywhere(make.add("IsFinite", "y", real)("T" -> kind(DT_DOUBLE)))
    case Volume(name, _) =>
      val sizes = make.cast(node.getInput(place(name)), dtypes(place(name)), DT_DOUBLE)
      val one = make.real(1, DT_DOUBLE)
      val dims = make.add("Maximum", "z", sizes, one)("T" -> kind(DT_DOUBLE))
      val product = make.add("Prod", "output", dims, axes(dims, DT_DOUBLE))(
        "T" -> kind(DT_DOUBLE),
        "Tidx" -> kind(DT_INT32)
      )
      val isSmall =
        make.add("Less", "z", product, make.real(MaxVolume, DT_DOUBLE))("T" -> kind(DT_DOUBLE))
      val count = make.add("Size", "output", sizes)(
        "T" -> kind(DT_DOUBLE),
        "out_type" -> kind(DT_INT64)
      )
      make.add(
        "LogicalAnd",
        "z",
        isSmall,
        compared("LessEqual", count, make.long(MaxRank.toLong))
      )()
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

  private def rank(place: Int): String = rank(node.getInput(place), dtypes(place))

  // All but so many of the last.
  private def outer(shape: String, besides: Int): String =
    if (besides == 0) shape
    else {
      make.add("StridedSlice", "output", shape, make.ints(0), make.ints(-besides), make.ints(1))(
        "T" -> kind(DT_INT64),
        "Index" -> kind(DT_INT32)
      )
    }

  private val Reals = Set(DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16)

  private def isReal(term: Term, place: String => Int): Boolean = term match {
    case Of(what, name, _) => !OfShape(what) && Reals(dtypes(place(name)))
    case _ => false
  }

  /** @param dtype int64, or float64 where real numbers are compared */
  private def figure(term: Term, place: String => Int, dtype: DataType): String = term match {
    case Number(value) =>
      if (dtype == DT_INT64) make.long(value) else make.real(value.toDouble, DT_DOUBLE)
    case Of(what, name, index) =>
      val at = place(name)
      what match {
        case "rank" => make.cast(rank(at), DT_INT32, dtype)
        case "count" =>
          val size = make.add("Size", "output", node.getInput(at))(
            "T" -> kind(dtypes(at)),
            "out_type" -> kind(DT_INT64)
          )
          make.cast(size, DT_INT64, dtype)
        case "dim" => make.cast(element(shape(at), DT_INT64, index), DT_INT64, dtype)
        case "item" =>
          val flat = make.add("Reshape", "output", node.getInput(at), make.ints(-1))(
            "T" -> kind(dtypes(at)),
            "Tshape" -> kind(DT_INT32)
          )
          make.cast(element(flat, dtypes(at), index), dtypes(at), dtype)
        case least =>
          val values = make.cast(node.getInput(at), dtypes(at), dtype)
          make.add(if (least == "min") "Min" else "Max", "output", values, axes(values, dtype))(
            "T" -> kind(dtype),
            "Tidx" -> kind(DT_INT32)
          )
      }
  }

  // An index that is not there is an error.
  private def element(vector: String, dtype: DataType, index: Int): String = {
    val end = if (index == -1) 0 else index + 1
    make.add("StridedSlice", "output", vector, make.ints(index), make.ints(end), make.ints(1))(
      "T" -> kind(dtype),
      "Index" -> kind(DT_INT32),
      "shrink_axis_mask" -> number(1)
    )
  }

  private def long(place: Int): String = make.cast(node.getInput(place), dtypes(place), DT_INT64)

  private def shape(place: Int): String =
    make.add("Shape", "output", node.getInput(place))(
      "T" -> kind(dtypes(place)),
      "out_type" -> kind(DT_INT64)
    )
}
