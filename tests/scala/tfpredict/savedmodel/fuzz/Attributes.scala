package tfpredict.savedmodel.fuzz

import scala.collection.JavaConverters._
import scala.util.Random

import com.google.protobuf.ByteString
import org.tensorflow.framework.{AttrValue, DataType, NameAttrList, OpDef, TensorShapeProto}

/** Random values of an op's attributes. */
object Attributes {
  import DataType._

  private val usualDtypes =
    Seq(DT_FLOAT, DT_FLOAT, DT_FLOAT, DT_INT32, DT_INT64, DT_STRING, DT_DOUBLE) ++
      Seq(
        DT_UINT8,
        DT_BOOL,
        DT_HALF,
        DT_INT8,
        DT_INT16,
        DT_UINT16,
        DT_COMPLEX64,
        DT_QUINT8,
        DT_QINT32
      ) ++
      Seq(DT_VARIANT, DT_RESOURCE, DT_BFLOAT16, DT_UINT32, DT_UINT64, DT_COMPLEX128, DT_QINT8)

  /**
   * Returns a value for an attribute.
   *
   * @param lists
   *   length of lists, unless the case is wild
   */
  def of(attribute: OpDef.AttrDef, random: Random, isWild: Boolean, lists: Int): AttrValue = {
    val kind = attribute.getType
    val isDtype = kind == "type" || kind == "list(type)"
    if (attribute.hasDefaultValue && !isDtype && random.nextInt(5) > (if (isWild) 1 else 0))
      attribute.getDefaultValue
    else if (kind.startsWith("list(")) {
      val length = if (isWild) random.nextInt(6) else lists
      list(attribute, kind.stripPrefix("list(").stripSuffix(")"), random, isWild, length)
    } else one(attribute, kind, random, isWild, lists)
  }

  private def list(
      attribute: OpDef.AttrDef,
      kind: String,
      random: Random,
      isWild: Boolean,
      length: Int
  ): AttrValue = {
    val name = attribute.getName
    val values: Seq[AttrValue] = kind match {
      case "int" if Set("strides", "ksize", "rates", "dilations", "ksizes")(name) && !isWild =>
        // For images or for volumes.
        val inner = Seq.fill(if (random.nextInt(4) == 0) 3 else 2)(1L + random.nextInt(2))
        (1L +: inner :+ 1L).map(number)
      case "int" => Seq.fill(length)(number(int(random, isWild)))
      case _ =>
        Seq.fill(length.max(attribute.getMinimum.toInt.min(8)))(
          one(attribute, kind, random, isWild, length)
        )
    }
    val made = AttrValue.ListValue.newBuilder()
    values.foreach { value =>
      kind match {
        case "type" => made.addType(value.getType)
        case "int" => made.addI(value.getI)
        case "float" => made.addF(value.getF)
        case "string" => made.addS(value.getS)
        case "shape" => made.addShape(value.getShape)
        case "bool" => made.addB(value.getB)
        case "func" => made.addFunc(value.getFunc)
        case _ => made
      }
    }
    AttrValue.newBuilder().setList(made).build()
  }

  private def one(
      attribute: OpDef.AttrDef,
      kind: String,
      random: Random,
      isWild: Boolean,
      lists: Int
  ): AttrValue = {
    val value = AttrValue.newBuilder()
    val allowed = attribute.getAllowedValues.getList
    def pick[A](from: Seq[A]): A = from(random.nextInt(from.size))
    kind match {
      case "type" =>
        val dtypes = if (allowed.getTypeCount > 0) allowed.getTypeList.asScala else usualDtypes
        value.setType(if (random.nextBoolean() && dtypes.contains(DT_FLOAT)) DT_FLOAT
        else pick(dtypes.toSeq))
      case "int" =>
        val found = if (isWild) int(random, isWild) else lists.toLong + pick(Seq(0, 0, 0, 1, 2))
        value.setI(if (attribute.getHasMinimum) found.max(attribute.getMinimum) else found)
      case "float" => value.setF(
          pick(Seq(0f, 1f, 0.5f, 0.1f) ++ (if (isWild)
                                             Seq(-1f, Float.NaN, 1e30f, Float.PositiveInfinity)
                                           else Nil))
        )
      case "bool" => value.setB(random.nextBoolean())
      case "string" =>
        val texts = if (allowed.getSCount > 0) allowed.getSList.asScala
        else Seq("", "a", "12", "ab,bc->ac", "%s", "[a-z]+").map(ByteString.copyFromUtf8) ++
          (if (isWild) Seq(Texts.of(random.nextInt(), isSpoiled = true)()) else Nil)
        value.setS(pick(texts.toSeq))
      case "shape" => value.setShape(shape(random, isWild))
      case "tensor" =>
        value.setTensor(Values.any(random).tensor(pick(usualDtypes.take(8)), Shapes.usual(random)))
      case "func" => value.setFunc(NameAttrList.newBuilder().setName(s"of_${attribute.getName}"))
      case _ => value
    }
    value.build()
  }

  private def number(value: Long): AttrValue = AttrValue.newBuilder().setI(value).build()

  private def int(random: Random, isWild: Boolean): Long = {
    val usual = Seq(0L, 1, 1, 2, 2, 3, 4)
    val wild = Seq(
      -1L,
      -2,
      0,
      1 << 20,
      Int.MaxValue,
      Int.MinValue,
      1L << 33,
      Long.MaxValue,
      Long.MinValue,
      7,
      100
    )
    val from = if (isWild) usual ++ wild else usual
    from(random.nextInt(from.size))
  }

  private def shape(random: Random, isWild: Boolean): TensorShapeProto = {
    val made = TensorShapeProto.newBuilder()
    if (random.nextInt(3) == 0) made.setUnknownRank(true)
    else {
      val dims = if (isWild && random.nextBoolean()) Shapes.odd(random) else Shapes.usual(random)
      dims.foreach(dim => made.addDimBuilder().setSize(if (random.nextInt(5) == 0) -1 else dim))
    }
    made.build()
  }
}
