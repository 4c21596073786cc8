package tfpredict.savedmodel.adapt

import scala.annotation.tailrec
import scala.collection.JavaConverters._

import org.tensorflow.framework.{DataType, FunctionDef, NodeDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.Scope

/**
 * Rejects nodes in places where no exporter puts them, since the runtime does not check. These are
 * parts of loops outside a loop, datasets with elements of other dtypes than declared, and
 * variables in place of their values.
 *
 * @param functions
 *   the model's functions, by name
 */
final private[savedmodel] class Misplaced(functions: String => Option[FunctionDef])(implicit
    catalog: OpCatalog
) {
  import Misplaced._
  import StateFlow.dataInputs

  /** The fault, in words that follow the op's name. */
  def reason(node: NodeDef, scope: Scope): Option[String] =
    if (isUneven(node)) unless(false)("whose shapes are not as many as its dtypes")
    else reasonOfPlace(node, scope)

  // Kernels expect one shape per component.
  private def isUneven(node: NodeDef): Boolean = {
    val dtypes = types(node).size
    dtypes > 0 && Option(node.getAttrMap.get("output_shapes"))
      .exists(_.getList.getShapeCount != dtypes)
  }

  private def reasonOfPlace(node: NodeDef, scope: Scope): Option[String] = node.getOp match {
    case "Enter" | "RefEnter" if !scope.takers(node.getName).exists(takes(_, node.getName)) =>
      Some("whose value nothing takes, which ends the process,")
    case "Exit" | "RefExit" if !isInLoop(node.getInput(0), scope, 0, Set.empty) =>
      Some("outside of a loop, which ends the process,")
    case "NextIteration" | "RefNextIteration" if !isNext(node, scope) =>
      Some("outside of a loop, which ends the process,")
    case "MakeIterator" =>
      unless(
        producer(node, 0, scope).exists(isDataset) &&
          producer(node, 1, scope).exists(made => Iterators(made.getOp))
      )("whose data set and iterator are not made beside it")
    case "IteratorGetNext" | "IteratorGetNextSync" | "IteratorGetNextAsOptional" =>
      unless(producer(node, 0, scope).exists(made =>
        Iterators(made.getOp) && types(made) == types(node)
      ))("whose iterator is not made beside it")
    // The variable may have no value yet. Exporters put a read of the variable between, and the
    // read fails without a value.
    case "Assign" if producer(node, 1, scope).exists(made => Variables(made.getOp)) =>
      Some("whose value is a variable itself, which ends the process,")
    case "ReduceDataset" =>
      unless(producer(node, 0, scope).exists(isDataset))("whose data set is not made beside it")
    case _ if isDataset(node) || node.getOp == "DatasetToSingleElement" =>
      unless(elements(node, scope).contains(types(node)))(
        "whose elements are not known to be those that it says"
      )
    case _ => None
  }

  private def unless(isFine: Boolean)(why: String): Option[String] =
    if (isFine) None else Some(s"$why, which ends the process,")

  /** The dtypes of a dataset's elements, computed from its inputs. */
  private def elements(node: NodeDef, scope: Scope): Option[Seq[DataType]] = {
    def of(index: Int) = producer(node, index, scope).filter(isDataset).map(types)
    node.getOp match {
      case "TensorDataset" | "TensorSliceDataset" => Some(types(node))
      case "RangeDataset" => Some(Seq(DataType.DT_INT64))
      case op if Maps(op) => of(0).flatMap(_ => stated(node))
      case op if FlatMaps(op) => of(0).flatMap(_ => givenInside(node))
      case "ScanDataset" =>
        val state = Option(node.getAttrMap.get("Tstate")).fold(0)(_.getList.getTypeCount)
        of(0).flatMap(_ => stated(node)).filter(_.size >= state).map(_.drop(state))
      case "ZipDataset" =>
        val parts = dataInputs(node).indices.map(of)
        if (parts.forall(_.isDefined)) Some(parts.flatten.flatten) else None
      case "ConcatenateDataset" => of(0).filter(of(1).contains)
      case _ => of(0)
    }
  }

  /** The dtypes that a dataset's function returns. */
  private def stated(node: NodeDef): Option[Seq[DataType]] =
    Option(node.getAttrMap.get("f"))
      .flatMap(function => functions(function.getFunc.getName))
      .map(_.getSignature.getOutputArgList.asScala.map(_.getType).toSeq)

  // The element dtypes of a dataset that a dataset's function returns. The inner dataset's own node
  // is checked where it is.
  private def givenInside(node: NodeDef): Option[Seq[DataType]] =
    for {
      named <- Option(node.getAttrMap.get("f"))
      function <- functions(named.getFunc.getName)
      if function.getRetCount == 1
      inner <- passed(Scope.of(function), function.getRetMap.values.asScala.head, Depth)
      if isDataset(inner)
    } yield types(inner)

  private def passed(scope: Scope, input: String, depth: Int): Option[NodeDef] =
    scope.node(input).flatMap { node =>
      if (node.getOp == "Identity" && depth > 0) passed(scope, node.getInput(0), depth - 1)
      else Some(node)
    }

  private def types(node: NodeDef): Seq[DataType] =
    Seq("output_types", "Toutput_types").flatMap(key => Option(node.getAttrMap.get(key)))
      .headOption.toSeq.flatMap(_.getList.getTypeList.asScala)

  private def isDataset(node: NodeDef): Boolean = Newer(node.getOp) ||
    (node.getOp.contains("Dataset") &&
      catalog.ops.outputs(node).map(_._2) == Seq(Seq(DataType.DT_VARIANT)))

  private def takes(taker: NodeDef, value: String): Boolean =
    dataInputs(taker).map(ServingGraph.nodeOf).contains(value)

  private def producer(node: NodeDef, index: Int, scope: Scope): Option[NodeDef] =
    dataInputs(node).lift(index).flatMap(scope.node)

  // Whether a value is computed in a loop: the way back has more entries than exits. The runtime
  // itself rejects a node with inputs from several loops.
  @tailrec
  private def isInLoop(input: String, scope: Scope, exits: Int, seen: Set[String]): Boolean =
    scope.node(input).filterNot(node => seen(node.getName)) match {
      case None => false
      case Some(node) if Enters(node.getOp) && exits == 0 => true
      case Some(node) =>
        val from = node.getInputList.asScala
        val way =
          if (!Merges(node.getOp)) from.headOption
          else from.find(scope.node(_).forall(other => !Nexts(other.getOp)))
        val left =
          if (Enters(node.getOp)) exits - 1 else if (Exits(node.getOp)) exits + 1 else exits
        way match {
          case None => false
          case Some(before) => isInLoop(before, scope, left, seen + node.getName)
        }
    }

  private def isNext(node: NodeDef, scope: Scope): Boolean = {
    val takers = scope.takers(node.getName)
    takers.nonEmpty && takers.forall { taker =>
      Merges(taker.getOp) &&
      taker.getInputList.asScala.flatMap(scope.node).exists(other => Enters(other.getOp))
    } && isInLoop(node.getInput(0), scope, 0, Set.empty)
  }
}

private object Misplaced {
  private val Depth = 8
  private val Enters = Set("Enter", "RefEnter")
  private val Exits = Set("Exit", "RefExit")
  private val Merges = Set("Merge", "RefMerge")
  private val Nexts = Set("NextIteration", "RefNextIteration")
  private val Maps = Set("MapDataset", "ParallelMapDataset", "MapAndBatchDataset") +
    "ExperimentalMapAndBatchDataset"
  // Rules replace these ops with the runtime's own.
  private val Newer =
    Set("ParallelInterleaveDatasetV3", "ParallelInterleaveDatasetV4", "OptimizeDatasetV2")
  private val FlatMaps =
    Set("FlatMapDataset", "InterleaveDataset", "ParallelInterleaveDatasetV2") ++
      Set("ParallelInterleaveDatasetV3", "ParallelInterleaveDatasetV4")
  private val Variables = Set("Variable", "VariableV2", "TemporaryVariable")
  private val Iterators = Set("Iterator", "IteratorV2", "AnonymousIterator", "AnonymousIteratorV2")
}
