package tfpredict.savedmodel.fuzz

import scala.collection.JavaConverters._
import scala.util.Random

import org.tensorflow.framework.{AttrValue, DataType, NodeDef, OpDef}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.MissingKernels

/**
 * An input of an op.
 *
 * @param isFed
 *   whether it belongs to a row, so that the graph does not have its value. Otherwise it is a
 *   constant of the model.
 * @param producer
 *   the number of the node that creates it, for a handle
 */
final case class Given(isFed: Boolean, dims: Vector[Long], values: Values, producer: Int)

/** An op with its attributes and inputs. */
final case class OpCase(op: OpDef, attributes: Map[String, AttrValue], inputs: Vector[Given]) {

  /** The name and the dtype of each tensor that it takes, from its attributes. */
  def arguments: Vector[(OpDef.ArgDef, DataType)] = OpCase.arguments(op, attributes)
}

/**
 * Creates cases from their names. A name is an op and some numbers, such as `Gather 17.4.9`. The
 * first number creates a case, and each further one changes a detail. So a name reproduces a case,
 * and a case that ran well can be varied.
 */
object OpCase {
  val MaxTensors = 6

  lazy val ops: Map[String, OpDef] =
    catalog.ops.all
      .map(op => op.getName -> op)
      .toMap

  def of(op: OpDef, lineage: Seq[Int]): OpCase = {
    def random(seed: Int) = new Random(op.getName.hashCode * 31L + seed * 0x9e3779b97f4a7c15L)
    lineage.tail.foldLeft(fresh(op, random(lineage.head)))((before, seed) =>
      changed(before, random(seed))
    )
  }

  def arguments(op: OpDef, attributes: Map[String, AttrValue]): Vector[(OpDef.ArgDef, DataType)] =
    op.getInputArgList.asScala.toVector.flatMap { argument =>
      val dtypes =
        if (argument.getTypeListAttr.nonEmpty) {
          attributes(argument.getTypeListAttr).getList.getTypeList.asScala.toVector
        } else {
          val one = if (argument.getTypeAttr.isEmpty) argument.getType
          else attributes(argument.getTypeAttr).getType
          val count =
            if (argument.getNumberAttr.isEmpty) 1
            else attributes(argument.getNumberAttr).getI.max(0).min(MaxTensors).toInt
          Vector.fill(count)(one)
        }
      dtypes.map(argument -> _)
    }

  private def fresh(op: OpDef, random: Random): OpCase = {
    val lists = 1 + random.nextInt(3)
    val isWild = random.nextInt(8) == 0
    def all = op.getAttrList.asScala
      .map(attribute => attribute.getName -> Attributes.of(attribute, random, isWild, lists))
      .toMap
    val attributes = Iterator.fill(40)(all).find(hasKernel(op, _)).getOrElse(all)
    val common = Shapes.usual(random)
    val inputs = arguments(op, attributes).map { case (argument, dtype) =>
      stated(argument, dtype, common, random)
    }
    OpCase(op, attributes, inputs)
  }

  private def hasKernel(op: OpDef, attributes: Map[String, AttrValue]): Boolean =
    MissingKernels.of(
      NodeDef.newBuilder().setOp(op.getName).putAllAttr(attributes.asJava).build()
    ).isEmpty

  private def stated(
      argument: OpDef.ArgDef,
      dtype: DataType,
      common: Vector[Long],
      random: Random
  ): Given = {
    val (dims, values) = Shapes.named(argument.getName, dtype, common, random)
    Given(random.nextInt(3) > 0, dims, values, random.nextInt(8))
  }

  private def changed(before: OpCase, random: Random): OpCase = {
    val hasAttributes = before.attributes.nonEmpty
    val once =
      if (before.inputs.isEmpty || (hasAttributes && random.nextInt(4) == 0)) {
        withAttribute(before, random)
      } else withInput(before, random)
    if (random.nextInt(5) == 0) changed(once, random) else once
  }

  private def withAttribute(before: OpCase, random: Random): OpCase =
    if (before.attributes.isEmpty) before
    else {
      val list = before.op.getAttrList
      val attribute = list.get(random.nextInt(list.size))
      val lists = 1 + random.nextInt(3)
      val value = Attributes.of(attribute, random, isWild = random.nextBoolean(), lists)
      val attributes = before.attributes + (attribute.getName -> value)
      val wanted = arguments(before.op, attributes)
      val common = Shapes.usual(random)
      val more = wanted.drop(before.inputs.size).map { case (argument, dtype) =>
        stated(argument, dtype, common, random)
      }
      OpCase(before.op, attributes, before.inputs.take(wanted.size) ++ more)
    }

  private def withInput(before: OpCase, random: Random): OpCase = {
    val place = random.nextInt(before.inputs.size)
    val input = before.inputs(place)
    val after = random.nextInt(12) match {
      case 0 | 1 | 2 => input.copy(dims = Shapes.changed(input.dims, random))
      case 3 => input.copy(dims = Shapes.usual(random))
      case 4 => input.copy(dims = before.inputs(random.nextInt(before.inputs.size)).dims)
      case 5 => input.copy(isFed = !input.isFed)
      case 6 => input.copy(producer = random.nextInt(8))
      case 7 => input.copy(dims = Shapes.odd(random))
      case _ => input.copy(values = Values.any(random))
    }
    before.copy(inputs = before.inputs.updated(place, after))
  }
}
