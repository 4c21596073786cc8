package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT64
import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kinds, number}

/**
 * `ParseSequenceExampleV2` becomes `ParseSequenceExample`, which has the features' names as
 * attributes. Source: `parsing_ops.cc`. Ragged lists of features are rejected: sparse ones cannot
 * represent empty lists at their end.
 */
private[savedmodel] object ParsedSequences extends NodeRule {
  override val ops: Set[String] = Set("ParseSequenceExampleV2")

  override val why =
    "ParseSequenceExampleV2 is ParseSequenceExample, which parses ragged features as sparse ones"

  private val Same = Seq("Tcontext_dense", "context_dense_shapes") ++
    Seq("sparse_types", "dense_types", "dense_shapes").map("feature_list_" + _)

  // inputs: serialized, debug_name, keys of the context (sparse, dense, ragged) and of the lists
  // (sparse, dense, ragged), flags of lists that may be missing, defaults of the context
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    def refuse(what: String) = Verdict.Refuse(s"op ${node.getOp} of $what")
    if (ParsedSparse.types(node, "feature_list_ragged_value_types").nonEmpty)
      refuse("ragged lists of features")
    else if (scope.shape(make.inputs.head).exists(_.isEmpty)) refuse("a scalar")
    else names(node, make, scope).fold[Verdict](refuse("unknown features"))(batch(node, make, _))
  }

  private def batch(node: NodeDef, make: Fragment, names: Seq[(String, AttrValue)]): Verdict = {
    val serialized +: debug +: _ = make.inputs
    val context = new ParsedSparse(node, "context_", make)
    val lists = new ParsedSparse(node, "feature_list_", make)
    val ofContext = ParsedSparse.types(node, "Tcontext_dense")
    val ofLists = ParsedSparse.types(node, "feature_list_dense_types")
    val outputs = (context.outputs :+ ("context_dense_values" -> ofContext.size)) ++
      lists.outputs ++
      Seq("values", "lengths").map(part => s"feature_list_dense_$part" -> ofLists.size)
    val counts = Seq(
      "Ncontext_sparse" -> context.all.size,
      "Ncontext_dense" -> ofContext.size,
      "Nfeature_list_sparse" -> lists.all.size,
      "Nfeature_list_dense" -> ofLists.size
    ).map { case (name, count) => name -> number(count.toLong) }
    val stated = Same.flatMap(name => Option(node.getAttrMap.get(name)).map(name -> _))
    val found = make.addLists(
      "ParseSequenceExample",
      outputs,
      Seq(serialized, debug) ++ make.inputs.drop(Before): _*
    )(stated ++ names ++ counts :+ ("context_sparse_types" -> kinds(context.all)): _*)
    val Seq(indices, values, shapes, dense) = found.take(4)
    val Seq(listIndices, listValues, listShapes, listDense, lengths) = found.drop(4)
    make.finishLists(
      (context.ofSparse(indices, values, shapes) :+
        ("context_dense_values" -> dense.zip(ofContext))) ++
        context.ofRagged(indices, values, Some(serialized)) ++
        lists.ofSparse(listIndices, listValues, listShapes) :+
        ("feature_list_dense_values" -> listDense.zip(ofLists)) :+
        ("feature_list_dense_lengths" -> lengths.map(_ -> DT_INT64))
    )
  }

  // Number of inputs before the context's defaults.
  private val Before = 9

  private def names(
      node: NodeDef,
      make: Fragment,
      scope: Scope
  ): Option[Seq[(String, AttrValue)]] = {
    def keys(place: Int, types: String) =
      scope.strings(make.inputs(place), ParsedSparse.types(node, types).size)
    for {
      sparse <- keys(2, "context_sparse_types")
      dense <- keys(3, "Tcontext_dense")
      ragged <- keys(4, "context_ragged_value_types")
      sparseLists <- keys(5, "feature_list_sparse_types")
      denseLists <- keys(6, "feature_list_dense_types")
      mayMiss <- scope.flags(make.inputs(8))
      if mayMiss.size == denseLists.getList.getSCount
    } yield {
      val missing = AttrValue.ListValue.newBuilder()
      mayMiss.zipWithIndex.filter(_._1)
        .foreach { case (_, place) => missing.addS(denseLists.getList.getS(place)) }
      Seq(
        "context_sparse_keys" -> ParsedSparse.joined(sparse, ragged),
        "context_dense_keys" -> dense,
        "feature_list_sparse_keys" -> sparseLists,
        "feature_list_dense_keys" -> denseLists,
        "feature_list_dense_missing_assumed_empty" ->
          AttrValue.newBuilder().setList(missing).build()
      )
    }
  }
}
