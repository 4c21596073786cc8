package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType
import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_INT32}

import tfpredict.savedmodel.adapt.rules.Fragment.{flag, kind, number}

/**
 * Operations on batches of matrices of float64 or complex128.
 *
 * @param first
 *   a matrix, or a batch of them; all others have the same rank
 */
final private[rules] class Matrices(make: Fragment, dtype: DataType, first: String) {
  private val int = kind(DT_INT32)
  private val ofDtype = "T" -> kind(dtype)
  private val shapes = new Shapes(make, dtype)
  private val sizes = new Shapes(make, DT_INT32)

  /** Element-wise formulas. */
  val elements = new Arithmetic(make, dtype)

  // All dimensions, with the last two swapped.
  private lazy val swapped = {
    val rank = make.add("Rank", "output", first)(ofDtype)
    def below(less: Int) = make.add("Sub", "z", rank, make.int(less))("T" -> int)
    val kept = shapes.range(below(2))
    sizes.concat(0, Seq(kept, shapes.sizes(below(1), below(2))))
  }

  def adjoint(x: String): String =
    make.add("ConjugateTranspose", "y", x, swapped)(ofDtype, "Tperm" -> int)

  def product(x: String, y: String): String =
    make.add("BatchMatMulV2", "output", x, y)(
      ofDtype,
      "adj_x" -> flag(false),
      "adj_y" -> flag(false)
    )

  /** Q and R. If full, Q has as many columns as rows. */
  def qr(x: String, isFull: Boolean): (String, String) = {
    val Seq(q, r) =
      make.addOutputs("Qr", Seq("q", "r"), x)(ofDtype, "full_matrices" -> flag(isFull))
    (q, r)
  }

  /**
   * Eigenvalues in ascending order, and eigenvectors as columns, of a self-adjoint matrix. Most of
   * the time goes into the vectors.
   */
  def eigen(x: String, withVectors: Boolean): (String, String) = {
    val Seq(values, vectors) =
      make.addOutputs("SelfAdjointEigV2", Seq("e", "v"), x)(
        ofDtype,
        "compute_v" -> flag(withVectors)
      )
    (values, vectors)
  }

  def diagonal(x: String): String = make.add("MatrixDiagPart", "diagonal", x)(ofDtype)

  /** Adds a number to the diagonal. */
  def shifted(x: String, by: Double): String = {
    val number = make.cast(make.real(by, DT_DOUBLE), DT_DOUBLE, dtype)
    make.add("MatrixSetDiag", "output", x, elements.plus(diagonal(x), number))(ofDtype)
  }

  /** Side by side if the axis is -1, one above the other if it is -2. */
  def joined(axis: Int, x: String, y: String): String = shapes.concat(axis, Seq(x, y))

  def halves(axis: Int, x: String): Seq[String] =
    make.addList("Split", "output", 2, make.int(axis), x)(ofDtype, "num_split" -> number(2))

  /** Reversed in the last dimension. */
  def reversed(x: String): String =
    make.add("ReverseV2", "output", x, make.ints(-1))(ofDtype, "Tidx" -> int)

  /** The smaller of the numbers of rows and columns, a scalar. */
  def smaller(x: String): String = {
    val shape = make.add("Shape", "output", diagonal(x))(ofDtype, "out_type" -> int)
    val last = make.add("ReverseV2", "output", shape, make.ints(0))("T" -> int, "Tidx" -> int)
    sizes.at(last, 0)
  }

  /** The first `count` rows. */
  def top(x: String, count: String): String =
    slice(x, Seq(make.int(0), make.int(0)), Seq(count, make.int(0)), begins = 6, ends = 4)

  /** The first `count` columns. */
  def left(x: String, count: String): String =
    slice(x, Seq(make.int(0)), Seq(count), begins = 2, ends = 0)

  /** All columns except the first `count`. */
  def right(x: String, count: String): String =
    slice(x, Seq(count), Seq(make.int(0)), begins = 0, ends = 2)

  // An ellipsis, and then the bounds. A bit in a mask means that there is no bound.
  private def slice(
      x: String,
      begin: Seq[String],
      end: Seq[String],
      begins: Long,
      ends: Long
  ): String = {
    val zero = make.int(0)
    make.add(
      "StridedSlice",
      "output",
      x,
      shapes.sizes(zero +: begin: _*),
      shapes.sizes(zero +: end: _*),
      make.ints(Seq.fill(begin.size + 1)(1): _*)
    )(
      ofDtype,
      "Index" -> int,
      "ellipsis_mask" -> number(1),
      "begin_mask" -> number(begins),
      "end_mask" -> number(ends),
      "new_axis_mask" -> number(0),
      "shrink_axis_mask" -> number(0)
    )
  }

  /** Multiplies each column by its number in a row of numbers. */
  def scaled(x: String, by: String): String = elements.times(x, shapes.expand(by, -2))

  /** 1 or -1, or the direction of a complex number. 1 for 0. */
  def signs(x: String): String = {
    val isZero = elements.binary("Equal", x, elements.unary("ZerosLike", x))
    elements.unary("Sign", elements.select(isZero, elements.unary("OnesLike", x), x))
  }

  /** NaN for each matrix with an element that is not finite, else 0. Its size is 1 by 1. */
  def unlessFinite(x: String): String =
    reduced("Sum", elements.minus(x, x), dtype)

  /** The finite elements, and 0 for all others. */
  def finite(x: String): String = {
    val zeros = elements.unary("ZerosLike", x)
    elements.select(elements.binary("Equal", elements.minus(x, x), zeros), x, zeros)
  }

  /** Absolute values, as float64. */
  def absolute(x: String): String =
    if (dtype == DT_DOUBLE) elements.unary("Abs", x)
    else make.add("ComplexAbs", "y", x)(ofDtype, "Tout" -> kind(DT_DOUBLE))

  /** The largest absolute value of each matrix, as a float64 of size 1 by 1. */
  def largest(x: String): String = reduced("Max", absolute(x), DT_DOUBLE)

  private def reduced(op: String, x: String, of: DataType): String =
    make.add(op, "output", x, make.ints(-2, -1))(
      "T" -> kind(of),
      "Tidx" -> int,
      "keep_dims" -> flag(true)
    )
}
