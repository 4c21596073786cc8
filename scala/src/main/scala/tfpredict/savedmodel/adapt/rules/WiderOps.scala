package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.MissingKernels
import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds}

/**
 * Computes an op in a wider dtype. This is for an op whose own dtype has no kernel, or a kernel
 * less exact than that of later versions. The result is rounded or truncated once, as later
 * versions do: they too compute products and sums of bfloat16 in float32.
 *
 * Integers of 8 to 64 bits lose nothing this way if an op only moves or compares values. They lose
 * nothing in sums and products either, since the truncated bits are those that overflow.
 */
private[savedmodel] object WiderOps {
  val why =
    "an op without a kernel for its small dtype is computed in a wider one, and rounded once"

  /**
   * A node's replacement.
   *
   * @param renamed
   *   new references to its outputs in functions, by the old ones
   */
  final case class Widened(nodes: Seq[NodeDef], renamed: Map[String, String] = Map.empty)

  def of(node: NodeDef, scope: Scope): Option[Widened] = {
    import scope.catalog
    val dtypes = chosen(node)
    if (dtypes.isEmpty) None else Some(widened(node, scope, dtypes))
  }

  // The attributes that get another dtype.
  private def chosen(node: NodeDef)(implicit catalog: OpCatalog): Map[String, DataType] = {
    val narrow = for {
      (name, value) <- node.getAttrMap.asScala.toMap
      if value.getValueCase == AttrValue.ValueCase.TYPE
      to <- SmallDTypes.wider.get(value.getType)
    } yield name -> ((value.getType, to))
    val dtypes = narrow.values.map(_._1).toSet
    if (narrow.isEmpty || !isWider(node, dtypes)) Map.empty
    else narrow.map { case (name, (_, to)) => name -> to }
  }

  private def isWider(node: NodeDef, dtypes: Set[DataType])(implicit
      catalog: OpCatalog
  ): Boolean =
    dtypes.exists(SmallDTypes.isRounded(node.getOp, _)) ||
      dtypes.exists(SmallDTypes.isOptimized(node.getOp, _)) ||
      dtypes.forall(SmallDTypes.isSame(node.getOp, _)) && !runs(node)

  private def runs(node: NodeDef)(implicit catalog: OpCatalog): Boolean =
    catalog.ops.disallowed(node).isEmpty && MissingKernels.of(node).isEmpty

  private def widened(node: NodeDef, scope: Scope, dtypes: Map[String, DataType]): Widened = {
    val registry = scope.catalog.ops
    val make = new Fragment(node, scope, prefix = "tfpredict_wide_")
    val taken = registry.inputs(node).map(_._2)
    val waits = node.getInputList.asScala.filter(_.startsWith("^"))
    val inputs =
      if (taken.size == make.inputs.size) make.inputs.zip(taken).map { case (input, dtype) =>
        make.cast(input, dtype, to(dtype, dtypes))
      }
      else make.inputs
    val attributes = node.getAttrMap.asScala.toMap.filterKeys(!_.startsWith("_")) ++
      dtypes.mapValues(kind)
    val outputs = registry.outputs(node).flatMap { case (name, of) =>
      of.zipWithIndex.map { case (dtype, index) => Given(name, index, dtype, to(dtype, dtypes)) }
    }
    if (outputs.forall(output => output.own == output.wide)) {
      Widened(make.finish(node.getOp, inputs: _*)(attributes.toSeq: _*).nodes)
    } else {
      // The op itself must wait for the checks. It is not enough that the cast with its name waits.
      val wide = make.addBare(node.getOp, inputs ++ waits: _*)(attributes.toSeq: _*)
      def reference(at: Int) = outputs(at) match {
        case output if scope.function.isDefined => s"$wide:${output.name}:${output.index}"
        case _ => if (at == 0) wide else s"$wide:$at"
      }
      finished(node, make, outputs, reference)
    }
  }

  // The wider dtype if one of the node's attributes changes to it, otherwise the same dtype.
  private def to(dtype: DataType, dtypes: Map[String, DataType]): DataType =
    SmallDTypes.wider.get(dtype).filter(dtypes.values.toSet).getOrElse(dtype)

  final private case class Given(name: String, index: Int, own: DataType, wide: DataType)

  private def finished(
      node: NodeDef,
      make: Fragment,
      outputs: Seq[Given],
      reference: Int => String
  ): Widened = outputs match {
    case Seq(one) =>
      val last =
        make.finish("Cast", reference(0))("SrcT" -> kind(one.wide), "DstT" -> kind(one.own))
      Widened(last.nodes, Map(s"${node.getName}:${one.name}:0" -> s"${node.getName}:y:0"))
    case several =>
      val cast = several.zipWithIndex.map { case (output, at) =>
        make.cast(reference(at), output.wide, output.own)
      }
      val last = make.finish("IdentityN", cast: _*)("T" -> kinds(several.map(_.own)))
      val renamed = several.zipWithIndex.map { case (output, at) =>
        s"${node.getName}:${output.name}:${output.index}" -> s"${node.getName}:output:$at"
      }
      Widened(last.nodes, renamed.toMap)
  }
}
