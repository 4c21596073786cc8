package tfpredict.savedmodel.rules

import org.tensorflow.framework.DataType.DT_STRING
import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.savedmodel.rules.Fragment.{kind, number}

/**
 * `ParseExampleV2` without ragged features is `ParseExample`, which takes the features' names one
 * by one, or `ParseSingleExample` where it parses a scalar, which has them as attributes. Source:
 * `parsing_ops.cc`.
 */
private[savedmodel] object ParsedExamples extends NodeRule {
  override val ops: Set[String] = Set("ParseExampleV2")
  override val why = "ParseExampleV2 without ragged features is ParseExample"

  private val OfValues = Seq("sparse_types", "Tdense", "dense_shapes")

  // inputs: serialized, names, sparse_keys, dense_keys, ragged_keys, dense_defaults
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val isScalar = scope.shape(make.inputs.head).exists(_.isEmpty)
    if (list(node, "ragged_value_types").getTypeCount > 0) {
      Verdict.Refuse("op ParseExampleV2 of ragged features")
    } else if (isScalar) one(node, make, scope)
    else several(node, make)
  }

  private def several(node: NodeDef, make: Fragment): Verdict = {
    val Seq(serialized, names, sparse, dense, _, defaults @ _*) = make.inputs
    val keys = keysOf(make, sparse, sparseCount(node)) ++ keysOf(make, dense, defaults.size)
    make.finish("ParseExample", Seq(serialized, names) ++ keys ++ defaults: _*)(
      ofValues(node) ++ Seq(
        "Nsparse" -> number(sparseCount(node).toLong),
        "Ndense" -> number(defaults.size.toLong)
      ): _*
    )
  }

  private def keysOf(make: Fragment, keys: String, count: Int): Seq[String] =
    if (count == 0) Nil
    else {
      make.addList("Unpack", "output", count, keys)(
        "num" -> number(count.toLong),
        "T" -> kind(DT_STRING),
        "axis" -> number(0)
      )
    }

  private def one(node: NodeDef, make: Fragment, scope: Scope): Verdict = {
    val Seq(serialized, _, sparse, dense, _, defaults @ _*) = make.inputs
    val keys = for {
      ofSparse <- scope.strings(sparse, sparseCount(node))
      ofDense <- scope.strings(dense, defaults.size)
    } yield Seq("sparse_keys" -> ofSparse, "dense_keys" -> ofDense)
    keys.fold[Verdict](Verdict.Refuse("op ParseExampleV2 of a scalar and of unknown features")) {
      found =>
        make.finish("ParseSingleExample", serialized +: defaults: _*)(
          ofValues(node) ++ found :+ ("num_sparse" -> number(sparseCount(node).toLong)): _*
        )
    }
  }

  private def ofValues(node: NodeDef): Seq[(String, AttrValue)] =
    OfValues.map(name => name -> node.getAttrOrThrow(name))

  private def sparseCount(node: NodeDef): Int = list(node, "sparse_types").getTypeCount

  private def list(node: NodeDef, name: String): AttrValue.ListValue =
    node.getAttrOrDefault(name, AttrValue.getDefaultInstance).getList
}
