package tfpredict.savedmodel.adapt.rules

/** Parses a guard's condition from the words of the table of guards. */
private[rules] object ConditionWords {
  import Condition._

  private val Attribute = "if (\\w+)=(\\w+) (.+)".r
  private val Two = "(.+) or (.+)".r
  private val SameShapes = "shape (\\w+) = shape (\\w+)".r
  private val SameOuter = "outer (\\w+) = outer (\\w+)".r
  private val InOrder = "sorted (\\w+)".r
  private val Real = "finite (\\w+)".r
  private val Numbers = "number (\\w+)".r
  private val Parts = "bins (\\w+) (\\w+)".r
  private val Whole = "volume (\\w+)".r
  private val Spans = "span (\\w+)".r
  private val Few = "few (\\w+)".r
  private val Positives = "positive (\\w+) where (\\w+)".r
  private val Ranges = "steps (\\w+) (\\w+) (\\w+)".r
  private val OfMatrices = "diagonals (\\w+) of (\\w+)".r
  private val InShape = "inside (\\w+) (\\w+)".r
  private val Nests = "nested (\\w+)".r
  private val Ragged = "partitions (\\w+) (\\w+)".r
  private val Tiles = "tiled (\\w+) (\\w+)".r
  private val Pads = "padded (\\w+) (\\w+)".r
  private val Batches = "batched (\\w+) (\\w+) by (\\w+)".r
  private val Clamps = "clamped (\\w+) (\\d+)".r
  private val WindowsOfSizes = "windows (\\w+) of sizes (\\w+)".r
  private val WindowsOf = "windows (\\w+) of (\\w+)".r
  private val SpreadIn = "spread (\\w+) in (\\w+)".r
  private val Reach = "reaches (\\w+) (\\w+)".r
  private val Serialized = "examples (\\w+)".r
  private val Comparison = "(.+) (=|>=|<=|>|<) (.+)".r
  private val Literal = "(-?\\d+)".r
  private val Place = "(dim|item) (\\w+) (-?\\d+)".r
  private val Figure = "(rank|count|min|max|sum|length) (\\w+)".r

  def parse(words: String): Condition = words match {
    case Attribute(name, value, rest) => Where(name, value, parse(rest))
    case Two(one, other) => Either(parse(one), parse(other))
    case SameShapes(left, right) => SameShape(left, right, 0, words)
    case SameOuter(left, right) => SameShape(left, right, 2, words)
    case InOrder(name) => Sorted(name, words)
    case Real(name) => Finite(name, words)
    case Numbers(name) => Numeric(name, words)
    case Parts(range, count) => Bins(range, count, words)
    case Whole(name) => Volume(name, words)
    case Spans(name) => Span(name, MaxSpan, words)
    case Few(name) => Span(name, MaxVolume, words)
    case Positives(name, elements) => Positive(name, elements, words)
    case Ranges(start, limit, delta) => Steps(start, limit, delta, words)
    case OfMatrices(name, of) => Diagonals(name, of, words)
    case InShape(name, shape) => Inside(name, shape, words)
    case Nests(name) => Nested(name, words)
    case Ragged(values, partitions) => Partitions(values, partitions, words)
    case Tiles(tensor, multiples) => Tiled(tensor, multiples, words)
    case Pads(tensor, paddings) => Padded(tensor, paddings, words)
    case Batches(left, right, attribute) => Batched(left, right, attribute, words)
    case Clamps(name, most) => Clamped(name, most.toLong, words)
    case WindowsOfSizes(name, of) => Windows(name, of, isSizes = true, words)
    case WindowsOf(name, of) => Windows(name, of, isSizes = false, words)
    case SpreadIn(name, in) => Spread(name, in, words)
    case Reach(name, attribute) => Reaches(name, attribute, words)
    case Serialized(name) => Examples(name, words)
    case Comparison(left, sign, right) => Compared(term(left), sign, term(right), words)
    case _ => throw new IllegalArgumentException(s"no condition of a guard: $words")
  }

  private def term(words: String): Term = words match {
    case Literal(value) => Number(value.toLong)
    case Place(what, name, index) => Of(what, name, index.toInt)
    case Figure(what, name) => Of(what, name, 0)
    case _ => throw new IllegalArgumentException(s"no part of a guard's condition: $words")
  }
}
