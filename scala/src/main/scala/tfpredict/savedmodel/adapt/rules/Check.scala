package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorShapeProto}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds, number}

/** Builds the nodes that check conditions before a node runs. */
final private[rules] class Check(node: NodeDef, scope: Scope) {
  import Condition._

  private val make = Fragment.inLoop(node, scope, "tfpredict_check_")
  private val figures = new Figures(node, make)
  import figures.{both, compared, dtypes, everywhere}

  /**
   * The checks, and the node itself, which waits for them. Two optimizations could skip the checks.
   * At loading the runtime evaluates nodes with known inputs, without waiting for the checks. It
   * also assumes that inputs have the shapes of the op's definition, and removes checks of those.
   * So the node's checked inputs pass through ops whose values or shapes are unknown before a run.
   *
   * @param shapes
   *   inputs' shapes that the model states; if they are true, no other check is needed
   */
  def of(
      conditions: Seq[(Condition, String => Int)],
      shapes: Map[Int, Vector[Long]] = Map.empty
  ): Seq[NodeDef] = {
    val last = node.toBuilder
    def through(place: Int, op: String, output: String, more: String*)(
        attributes: (String, AttrValue)*
    ): Unit = {
      val passed = make.add(op, output, last.getInput(place) +: more: _*)(
        ("T" -> kind(dtypes(place))) +: attributes: _*
      )
      last.setInput(place, passed)
      ()
    }
    for ((place, dims) <- shapes.toSeq.sortBy(_._1))
      through(place, "EnsureShape", "output")("shape" -> shapeOf(dims))
    val waits = conditions.flatMap {
      // For a single element, enforcing the shape costs no more than checking it.
      case (OfOne(name), place) =>
        through(place(name), "Reshape", "output", make.ints())("Tshape" -> kind(DT_INT32))
        None
      case (Clamped(name, most, _), place) =>
        through(place(name), "Minimum", "z", make.int(most.toInt))()
        None
      case (condition, place) =>
        val words = s"Input of op ${node.getOp} breaks its condition: ${condition.words}."
        Some(make.addBare("Assert", holds(condition, place), make.text(words))(
          "T" -> kinds(Seq(DT_STRING))
        ))
    }
    // Nodes with variables are not evaluated at loading.
    val isEvaluated =
      !dtypes.contains(DT_RESOURCE) && !scope.catalog.ops.takesReferences(node.getOp)
    if (waits.nonEmpty && isEvaluated) {
      // Constants are left unchanged, since some op definitions need to know them.
      def open(looked: Condition => Boolean) =
        conditions
          .collect {
            case (condition, placeOf) if looked(condition) => condition.names.map(placeOf)
          }
          .flatten
          .distinct
          .filter(place => scope.constant(node.getInput(place)).isEmpty)
      val shaped = open(isOfShapes)
      for (place <- shaped) {
        val shape = make.add("Shape", "output", last.getInput(place))(
          "T" -> kind(dtypes(place)),
          "out_type" -> kind(DT_INT32)
        )
        through(place, "Reshape", "output", printed(shape, DT_INT32))("Tshape" -> kind(DT_INT32))
      }
      // For a vector, the runtime would remove a reshape to a vector. So the value passes through
      // `Print`.
      val place = open(_ => true).headOption.getOrElse(0)
      last.setInput(place, printed(last.getInput(place), dtypes(place)))
    }
    waits.foreach(name => last.addInput(s"^$name"))
    make.nodes :+ last.build()
  }

  /**
   * Passes the input through `Print`, which must not be evaluated at loading. With `first_n` 0 it
   * prints nothing.
   */
  private def printed(input: String, dtype: DataType): String =
    make.add("Print", "output", input)(
      "T" -> kind(dtype),
      "U" -> AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance).build(),
      "first_n" -> number(0)
    )

  /** Whether a condition depends on shapes, instead of values only. */
  private def isOfShapes(condition: Condition): Boolean = condition match {
    case Where(_, _, inner) => isOfShapes(inner)
    case Either(one, other) => isOfShapes(one) || isOfShapes(other)
    // Already enforced above.
    case OfOne(_) => false
    case Compared(left, _, right, _) =>
      Seq(left, right).exists {
        case Of(what, _, _) => OfShape(what)
        case _ => false
      }
    case _: Finite | _: Numeric | _: Bins | _: Sorted | _: Volume | _: Span | _: Steps | _: Clamped |
        _: Examples =>
      false
    // These depend on the values of indices. For unknown sizes the runtime infers negative ones.
    case _: Diagonals | _: Inside => false
    case _ => true
  }

  private def shapeOf(dims: Vector[Long]): AttrValue = {
    val shape = TensorShapeProto.newBuilder()
    dims.foreach(size => shape.addDimBuilder().setSize(size))
    AttrValue.newBuilder().setShape(shape).build()
  }

  private def holds(condition: Condition, place: String => Int): String = condition match {
    case Where(_, _, inner) => holds(inner, place)
    case Either(one, other) => figures.either(holds(one, place), holds(other, place))
    case Compared(left, sign, right, _) =>
      val op = Map(
        "=" -> "Equal",
        ">=" -> "GreaterEqual",
        "<=" -> "LessEqual",
        ">" -> "Greater",
        "<" -> "Less"
      )(sign)
      val isReal = Seq(left, right).exists(figures.isReal(_, place))
      val dtype = if (isReal) DT_DOUBLE else DT_INT64
      compared(op, figures.of(left, place, dtype), figures.of(right, place, dtype), dtype)
    case SameShape(left, right, besides, _) =>
      // If the ranks differ, the comparison may broadcast, or compare nothing.
      both(
        compared("Equal", figures.of("rank", place(left)), figures.of("rank", place(right))),
        everywhere(compared("Equal", outer(place(left), besides), outer(place(right), besides)))
      )
    case Finite(name, _) =>
      val real = figures.cast(place(name), DT_DOUBLE)
      everywhere(make.add("IsFinite", "y", real)("T" -> kind(DT_DOUBLE)))
    case Numeric(name, _) =>
      val real = figures.cast(place(name), DT_DOUBLE)
      val isNone = make.add("IsNan", "y", real)("T" -> kind(DT_DOUBLE))
      everywhere(make.add("LogicalNot", "y", isNone)())
    case Bins(range, count, _) =>
      val width =
        real("Sub", figures.real("max", place(range)), figures.real("min", place(range)))
      val part = real("RealDiv", width, figures.cast(place(count), DT_DOUBLE))
      everywhere(compared("Greater", part, make.real(LeastBin, DT_DOUBLE), DT_DOUBLE))
    case Sorted(name, _) => figures.sorted(place(name))
    case Volume(name, _) => isShape(place(name), MaxVolume)
    case Span(name, most, _) => isShape(place(name), most)
    case Tiled(tensor, multiples, _) =>
      val times = figures.cast(place(multiples), DT_DOUBLE)
      figures.isBelow(real("Mul", sizes(place(tensor)), times), MaxVolume)
    case Padded(tensor, paddings, _) =>
      val more = make.add("Sum", "output", figures.cast(place(paddings), DT_DOUBLE), make.int(1))(
        "T" -> kind(DT_DOUBLE),
        "Tidx" -> kind(DT_INT32)
      )
      figures.isBelow(real("Add", sizes(place(tensor)), more), MaxVolume)
    case Batched(left, right, attribute, _) =>
      val count = make.ints(node.getAttrOrThrow(attribute).getI.toInt)
      def first(name: String) =
        make.add("Slice", "output", figures.shape(place(name)), make.ints(0), count)(
          "T" -> kind(DT_INT64),
          "Index" -> kind(DT_INT32)
        )
      everywhere(compared("Equal", first(left), first(right)))
    case Positive(name, elements, _) =>
      figures.either(
        compared("Equal", figures.of("count", place(elements)), make.long(0)),
        everywhere(compared("Greater", figures.cast(place(name), DT_INT64), make.long(0)))
      )
    case Inside(name, shape, _) =>
      val indices = figures.cast(place(name), DT_INT64)
      both(
        everywhere(compared("GreaterEqual", indices, make.long(0))),
        everywhere(compared("Less", indices, figures.cast(place(shape), DT_INT64)))
      )
    case Diagonals(name, of, _) =>
      val rows = figures.of(Of("dim", of, -2), place)
      val below =
        make.add("AddV2", "z", figures.of("min", place(name)), rows)("T" -> kind(DT_INT64))
      both(
        compared("Greater", below, make.long(0)),
        compared("Less", figures.of("max", place(name)), figures.of(Of("dim", of, -1), place))
      )
    case Steps(start, limit, delta, _) =>
      def cast(name: String) = figures.cast(place(name), DT_DOUBLE)
      val steps = real("RealDiv", real("Sub", cast(limit), cast(start)), cast(delta))
      val count = make.add("Abs", "y", steps)("T" -> kind(DT_DOUBLE))
      val all = figures.reduced("Sum", count, DT_DOUBLE)
      val areFew = compared("Less", all, make.real(MaxSteps, DT_DOUBLE), DT_DOUBLE)
      // For integers the kernel adds a step to the distance before it divides.
      MostOf.get(dtypes(place(start))).fold(areFew) { most =>
        def width(number: String) = make.add("Abs", "y", number)("T" -> kind(DT_DOUBLE))
        val far =
          real("Add", width(real("Sub", cast(limit), cast(start))), width(cast(delta)))
        both(areFew, everywhere(compared("Less", far, make.real(most, DT_DOUBLE), DT_DOUBLE)))
      }
    case Nested(name, _) =>
      val next = place(name) + 1
      val last = figures.of("max", place(name))
      if (figures.names(next) == name) compared("Less", last, figures.of("count", next))
      else compared("LessEqual", last, figures.of("dim", next))
    case Partitions(values, partitions, _) =>
      new RaggedPartitions(node, figures, make)
        .fit(place(values), figures.names.indexOf(partitions))
    case Windows(name, of, isSizes, _) => windows.areOf(place(name), place(of), isSizes)
    case Spread(name, in, _) => windows.isWithin(place(name), place(in))
    case Reaches(name, attribute, _) => windows.reach(place(name), attribute)
    case Examples(name, _) => new ExampleChecks(node, figures, make).fit(node.getInput(place(name)))
    case other: Clamped => throw new IllegalArgumentException(other.words)
  }

  private def windows = new WindowSizes(node, figures, make)

  private val MostOf = Map(DT_INT32 -> MaxVolume, DT_INT64 -> MaxSpan)

  private def isShape(place: Int, most: Double): String =
    both(
      figures.isBelow(figures.cast(place, DT_DOUBLE), most),
      compared("LessEqual", figures.of("count", place), make.long(MaxRank.toLong))
    )

  private def real(op: String, one: String, other: String): String =
    make.add(op, "z", one, other)("T" -> kind(DT_DOUBLE))

  private def sizes(place: Int): String = make.cast(figures.shape(place), DT_INT64, DT_DOUBLE)

  // All sizes except the last `besides` ones.
  private def outer(place: Int, besides: Int): String =
    if (besides == 0) figures.shape(place)
    else {
      val end = make.ints(-besides)
      make.add("StridedSlice", "output", figures.shape(place), make.ints(0), end, make.ints(1))(
        "T" -> kind(DT_INT64),
        "Index" -> kind(DT_INT32)
      )
    }
}
