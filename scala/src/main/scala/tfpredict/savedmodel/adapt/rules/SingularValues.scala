package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Computes singular values without the runtime's `Svd`. For some matrices of low rank with 16 or
 * more rows and columns, its kernel returns NaN or ends the process: Eigen's `BDCSVD` of 2019 reads
 * past the end of its arrays. For smaller matrices it uses another algorithm. This rule replaces
 * larger ones, and those of unknown size, with reliable ops.
 *
 * With Q R = A and P S = R* the matrix L = S* is square, and A = Q L P*. The eigenvalues of the
 * matrix
 * {{{
 * | 0   L |
 * | L*  0 |
 * }}}
 * are the singular values of L and their negatives. An eigenvector has the singular vectors of both
 * sides, one above the other (Golub and Van Loan, Matrix Computations, 8.6.1). There is no product
 * of A with itself, which would cost half of the digits. If a singular value is near 0, the halves
 * need not be orthogonal to others. One more Q R makes them orthogonal.
 *
 * The vectors' signs may differ from the kernel's. Both are correct.
 */
private[savedmodel] object SingularValues extends NodeRule {
  override val ops: Set[String] = Set("Svd")
  override val why =
    "16 or more singular values are eigenvalues, since the kernel fails for some of low rank"

  /** The size from which the kernel uses the faulty algorithm. */
  private val Divided = 16

  // A small shift of the diagonal before Q R. Without it, columns may depend on each other except
  // for rounding. The rest of such a column is so small that its square is 0, and Q would not be
  // orthogonal.
  private val Rounding = 1e-16

  override def apply(node: NodeDef, scope: Scope): Verdict =
    if (!NodeRule.isComplete(node, scope) || isSmall(node, scope)) Verdict.Keep
    else {
      val own = node.getAttrOrDefault("T", kind(DT_FLOAT)).getType
      val wide = if (own == DT_COMPLEX64 || own == DT_COMPLEX128) DT_COMPLEX128 else DT_DOUBLE
      val make = Fragment.inLoop(node, scope)
      val stated = make.cast(make.inputs.head, own, wide)
      def has(name: String, default: Boolean) =
        Option(node.getAttrMap.get(name)).fold(default)(_.getB)
      val withVectors = has("compute_uv", default = true)
      val isFull = withVectors && has("full_matrices", default = false)
      val parts = new Parts(make, wide, stated, isFull, withVectors)
      val (left, right) =
        if (withVectors) parts.vectors else (make.none(wide), make.none(wide))
      make.finishAll(Seq(
        ("s", make.cast(parts.values, DT_DOUBLE, own), own),
        ("u", make.cast(left, wide, own), own),
        ("v", make.cast(right, wide, own), own)
      ))
    }

  private def isSmall(node: NodeDef, scope: Scope): Boolean =
    scope.shape(node.getInput(0)).exists { dims =>
      dims.size >= 2 && dims.takeRight(2).exists(size => size >= 0 && size < Divided)
    }

  final private class Parts(
      make: Fragment,
      dtype: DataType,
      stated: String,
      isFull: Boolean,
      withVectors: Boolean
  ) {
    private val matrices = new Matrices(make, dtype, stated)
    import matrices._
    private val real = new Arithmetic(make, DT_DOUBLE)

    // Eigenvalues of non-finite matrices take long. The answer is NaN, as in TensorFlow.
    private val unknown = unlessFinite(stated)
    private val known = finite(stated)
    private val most = largest(known)
    private val (q, r) = {
      val isAny = real.binary("Greater", most, real.unary("ZerosLike", most))
      val unit = real.select(isAny, most, real.unary("OnesLike", most))
      val scaled = elements.over(known, make.cast(unit, DT_DOUBLE, dtype))
      qr(shifted(scaled, Rounding), isFull)
    }
    private lazy val count = smaller(r)
    private val (p, s) =
      qr(shifted(adjoint(if (isFull) top(r, count) else r), Rounding), isFull)
    private val (eigenvalues, eigenvectors) = {
      val l = adjoint(if (isFull) top(s, count) else s)
      val none = elements.unary("ZerosLike", l)
      eigen(joined(-2, joined(-1, none, l), joined(-1, adjoint(l), none)), withVectors)
    }

    /** The singular values in descending order, as float64. */
    def values: String = {
      val above = make.cast(reversed(halves(-1, eigenvalues).last), dtype, DT_DOUBLE)
      val positive = real.binary("Maximum", above, real.number(0))
      def ofRow(x: String) =
        make.add("Squeeze", "output", x)(
          "T" -> kind(DT_DOUBLE),
          "squeeze_dims" -> Fragment.numbers(Seq(-1))
        )
      real.plus(real.times(positive, ofRow(most)), ofRow(absolute(unknown)))
    }

    /** The left and the right singular vectors. */
    def vectors: (String, String) = {
      val Seq(left, right) = halves(-2, reversed(halves(-1, eigenvectors).last))
      (elements.plus(whole(q, left), unknown), elements.plus(whole(p, right), unknown))
    }

    private def whole(basis: String, half: String): String = {
      val (directions, sizes) = qr(shifted(half, Rounding), isFull = false)
      val orthogonal = scaled(directions, signs(diagonal(sizes)))
      if (isFull) joined(-1, product(matrices.left(basis, count), orthogonal), right(basis, count))
      else product(basis, orthogonal)
    }
  }
}
