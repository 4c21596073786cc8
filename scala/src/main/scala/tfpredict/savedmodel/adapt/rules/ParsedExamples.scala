package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_STRING
import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds, number}

/**
 * `ParseExampleV2` becomes `ParseExample`, which takes each feature's name as an input. For a
 * scalar it becomes `ParseSingleExample`, which has the names as attributes. Source:
 * `parsing_ops.cc`.
 */
private[savedmodel] object ParsedExamples extends NodeRule {
  override val ops: Set[String] = Set("ParseExampleV2")
  override val why = "ParseExampleV2 is ParseExample, which parses ragged features as sparse ones"

  // inputs: serialized, names, sparse_keys, dense_keys, ragged_keys, dense_defaults
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val features = new ParsedSparse(node, "", make)
    val isScalar = scope.shape(make.inputs.head).exists(_.isEmpty)
    if (isScalar) one(node, make, features, scope) else several(node, make, features)
  }

  private def several(node: NodeDef, make: Fragment, features: ParsedSparse): Verdict = {
    val Seq(serialized, names, sparse, dense, ragged, defaults @ _*) = make.inputs
    val keys = keysOf(make, sparse, features.sparseCount) ++
      keysOf(make, ragged, features.raggedCount) ++ keysOf(make, dense, defaults.size)
    val inputs = Seq(serialized, names) ++ keys ++ defaults
    finished(node, make, features, Some(serialized))("ParseExample", inputs)(
      "Nsparse" -> number(features.all.size.toLong),
      "Ndense" -> number(defaults.size.toLong)
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

  private def one(
      node: NodeDef,
      make: Fragment,
      features: ParsedSparse,
      scope: Scope
  ): Verdict = {
    val Seq(serialized, _, sparse, dense, ragged, defaults @ _*) = make.inputs
    val keys = for {
      ofSparse <- scope.strings(sparse, features.sparseCount)
      ofRagged <- scope.strings(ragged, features.raggedCount)
      ofDense <- scope.strings(dense, defaults.size)
    } yield (ParsedSparse.joined(ofSparse, ofRagged), ofDense)
    keys.fold[Verdict](Verdict.Refuse("op ParseExampleV2 of a scalar and of unknown features")) {
      case (ofSparse, ofDense) =>
        finished(node, make, features, None)("ParseSingleExample", serialized +: defaults)(
          "num_sparse" -> number(features.all.size.toLong),
          "sparse_keys" -> ofSparse,
          "dense_keys" -> ofDense
        )
    }
  }

  private def finished(
      node: NodeDef,
      make: Fragment,
      features: ParsedSparse,
      records: Option[String]
  )(op: String, inputs: Seq[String])(attributes: (String, AttrValue)*): Verdict = {
    val ofDense = ParsedSparse.types(node, "Tdense")
    val ofValues = Seq("Tdense", "dense_shapes").map(name => name -> node.getAttrOrThrow(name)) :+
      ("sparse_types" -> kinds(features.all))
    val outputs = features.outputs :+ ("dense_values" -> ofDense.size)
    val Seq(indices, values, shapes, dense) =
      make.addLists(op, outputs, inputs: _*)(ofValues ++ attributes: _*)
    make.finishLists(
      (features.ofSparse(indices, values, shapes) :+ ("dense_values" -> dense.zip(ofDense))) ++
        features.ofRagged(indices, values, records)
    )
  }
}
