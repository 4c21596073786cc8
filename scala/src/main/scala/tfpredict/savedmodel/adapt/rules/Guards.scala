package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._
import scala.collection.concurrent.TrieMap

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.engine.{Kernels, OpCatalog}

/**
 * Puts a check before an op whose kernel ends the process on some inputs. A row with such inputs is
 * then an ordinary error. The engine's catalog has the table of conditions. Conditions on the
 * model's constants are decided here, without a check in the graph.
 */
private[savedmodel] object Guards {
  private val parsed = TrieMap.empty[OpCatalog, Map[String, Seq[Condition]]]

  private def all(catalog: OpCatalog): Map[String, Seq[Condition]] =
    parsed.getOrElseUpdate(
      catalog,
      catalog.guards.map { case (op, words) => op -> words.map(ConditionWords.parse) }
    )

  /** The conditions that must hold before an op runs. */
  private[rules] def of(op: String)(implicit catalog: OpCatalog): Seq[Condition] =
    all(catalog).getOrElse(op, Nil)

  /** The condition that the model's constants break, in words. */
  def refusal(node: NodeDef, scope: Scope): Option[String] = verdict(node, scope) match {
    case Verdict.Refuse(why) => Some(why)
    case _ => None
  }

  /** The same for nodes that replace another. */
  def refusal(nodes: Seq[NodeDef], scope: Scope): Option[String] = {
    val all = scope.and(nodes)
    nodes.flatMap(refusal(_, all)).headOption
  }

  /** The nodes that replace another, each with its checks. */
  def around(nodes: Seq[NodeDef], scope: Scope): Seq[NodeDef] = {
    val all = scope.and(nodes)
    nodes.flatMap(around(_, all))
  }

  /** The node, after the checks that it needs. */
  def around(node: NodeDef, scope: Scope): Seq[NodeDef] = verdict(node, scope) match {
    case Verdict.Replace(nodes, _, _) => nodes
    case _ => Seq(node)
  }

  private def verdict(node: NodeDef, scope: Scope): Verdict =
    all(scope.catalog).get(node.getOp).fold[Verdict](Verdict.Keep) { conditions =>
      verdict(node, scope, conditions ++ byAttributes(node))
    }

  // Conditions that depend on the node's attributes.
  private def byAttributes(node: NodeDef): Seq[Condition] = {
    def attribute(name: String) = Option(node.getAttrMap.get(name))
    val words = node.getOp match {
      case "RaggedGather" =>
        val Seq(made, stated) = Seq("OUTPUT_RAGGED_RANK", "PARAMS_RAGGED_RANK")
          .map(name => attribute(name).fold(1L)(_.getI))
        Seq(s"rank indices = ${(made - stated + 1).max(0)}")
      // The kernel divides by the size of its output.
      case "AvgPool3D" | "MaxPool3D"
          if attribute("padding").exists(_.getS.toStringUtf8 == "VALID") =>
        val window = attribute("ksize").toSeq.flatMap(_.getList.getIList.asScala)
        for ((size, dim) <- window.zipWithIndex if size > 1) yield s"dim input $dim >= $size"
      case _ => Nil
    }
    words.map(ConditionWords.parse)
  }

  private def verdict(node: NodeDef, scope: Scope, conditions: Seq[Condition]): Verdict = {
    val (inputs, dtypes) = scope.catalog.ops.inputs(node).unzip
    // In a function the caller may decide the dtypes, and then nothing is known. No exporter writes
    // such functions.
    if (inputs.size != node.getInputList.asScala.count(!_.startsWith("^"))) Verdict.Keep
    else {
      val checks = for {
        condition <- conditions
        if applies(condition, node, scope)
        // An empty list needs no check.
        if condition.names.forall(inputs.contains)
        name = condition.names.head
        // For a list of inputs, one check per element. Other lists use the element at the same
        // place.
        place <- inputs.indices if inputs(place) == name
        if !(dtypes(place) == DataType.DT_INT32 && isOfInts(condition))
      } yield (condition, placeOf(inputs, place)(_))
      guarded(node, scope, checks)
    }
  }

  private def placeOf(inputs: Seq[String], place: Int)(name: String): Int = {
    val first = inputs.indexOf(name)
    val beside = first + place - inputs.indexOf(inputs(place))
    if (inputs.lift(beside).contains(name)) beside else first
  }

  private def guarded(
      node: NodeDef,
      scope: Scope,
      checks: Seq[(Condition, String => Int)]
  ): Verdict = {
    val judged = checks.map { case (condition, place) =>
      val constant = (name: String) => scope.constant(node.getInput(place(name)))
      (condition, place, Condition.isTrue(condition, constant))
    }
    judged.collectFirst { case (condition, _, Some(false)) => condition } match {
      case Some(broken) =>
        Verdict.Refuse(s"op ${node.getOp} without ${broken.words}, which ends the process,")
      case None =>
        val known = new KnownShapes(node, scope)
        val open = judged.collect {
          case (condition, place, None) if !isOfSizes(node, scope, condition, place) =>
            (condition, place, known.suffices(condition, place))
        }
        if (open.isEmpty) Verdict.Keep
        else {
          val shapes = open.flatMap(_._3).foldLeft(Map.empty: KnownShapes.Needed)(KnownShapes.join)
          val checks = open.collect { case (condition, place, None) => (condition, place) }
          if (checks.isEmpty && shapes.isEmpty) Verdict.Keep
          else Verdict.Replace(new Check(node, scope).of(checks, shapes))
        }
    }
  }

  private def applies(condition: Condition, node: NodeDef, scope: Scope): Boolean =
    condition match {
      case Condition.Where(name, value, _) =>
        Option(node.getAttrMap.get(name))
          .orElse(scope.catalog.ops.defaultOf(node.getOp, name))
          .forall { found =>
            value == (found.getValueCase match {
              case AttrValue.ValueCase.S => found.getS.toStringUtf8
              case AttrValue.ValueCase.TYPE => Kernels.word(found.getType)
              case _ => found.getB.toString
            })
          }
      case _ => true
    }

  // True of every int32.
  private def isOfInts(condition: Condition): Boolean = condition match {
    case Condition.Compared(Condition.Of("max", _, _), "<=", Condition.Number(most), _) =>
      most >= Int.MaxValue
    case _ => false
  }

  // Most shapes are built from other tensors' sizes, so no row's values decide them.
  private def isOfSizes(
      node: NodeDef,
      scope: Scope,
      condition: Condition,
      place: String => Int
  ): Boolean = condition match {
    case Condition.Volume(name, _) => new SizesBound(scope).fits(node.getInput(place(name)))
    case Condition.Tiled(_, multiples, _) =>
      new SizesBound(scope).fitsTimes(node.getInput(place(multiples)))
    case Condition.Batched(_, _, attribute, _) =>
      !Option(node.getAttrMap.get(attribute)).exists(_.getI > 0)
    case Condition.Steps(start, limit, delta, _) =>
      def only(name: String) =
        scope.ints(node.getInput(place(name))).filter(_.size == 1).map(_.head)
      // Steps of 1 from 0 or more: an int32 cannot count too far, and sizes are small enough.
      only(start).exists(_ >= 0) && only(delta).contains(1) && {
        val dtype = scope.catalog.ops.inputs(node)(place(limit))._2
        dtype == DataType.DT_INT32 || new SizesBound(scope).fits(node.getInput(place(limit)))
      }
    case _ => false
  }
}
