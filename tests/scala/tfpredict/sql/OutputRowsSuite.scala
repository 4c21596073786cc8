package tfpredict.sql

import scala.util.Random

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{
  Add,
  Alias,
  AttributeReference,
  Literal,
  NamedExpression,
  UnsafeProjection,
  UnsafeRow
}
import org.apache.spark.sql.catalyst.util.GenericArrayData
import org.apache.spark.sql.types._
import org.apache.spark.unsafe.Platform
import org.apache.spark.unsafe.types.UTF8String
import org.scalatest.funsuite.AnyFunSuite

/** An output row has each kept column and each result, whatever their types and nulls. */
class OutputRowsSuite extends AnyFunSuite {
  private val pair =
    StructType(Seq(StructField("value", FloatType), StructField("error", StringType)))

  private val ofEachLayout = Seq(
    BooleanType,
    IntegerType,
    LongType,
    DoubleType,
    StringType,
    BinaryType,
    DecimalType(10, 2),
    DecimalType(30, 2),
    ArrayType(FloatType),
    pair
  )

  private def named(types: Seq[DataType], letter: String) =
    types.zipWithIndex.map { case (kind, at) => AttributeReference(s"$letter$at", kind)() }

  private val random = new Random(7)

  private def value(kind: DataType): Any = kind match {
    case _ if random.nextInt(4) == 0 => null
    case BooleanType => random.nextBoolean()
    case IntegerType => random.nextInt()
    case LongType => random.nextLong()
    case FloatType => random.nextFloat()
    case ShortType => random.nextInt().toShort
    case DoubleType => random.nextDouble()
    case StringType => UTF8String.fromString(text)
    case BinaryType => text.getBytes
    case kind: DecimalType =>
      Decimal(BigDecimal(random.nextInt(1000), 2), kind.precision, kind.scale)
    case ArrayType(kind, _) => new GenericArrayData(Seq.fill(random.nextInt(5))(value(kind)))
    case StructType(fields) => InternalRow(fields.map(field => value(field.dataType)).toSeq: _*)
  }

  private def text: String = random.alphanumeric.take(random.nextInt(20)).mkString

  private def rowOf(types: Seq[DataType]): InternalRow = InternalRow(types.map(value): _*)

  /** Compares each value of some random rows, which come one after another through one object. */
  private def check(
      kept: Seq[AttributeReference],
      results: Seq[AttributeReference],
      projected: Seq[NamedExpression]
  ): Unit = {
    val outputs = OutputRows(projected, kept, results, index = 0)
    val keptRow = UnsafeProjection.create(kept, kept)
    val expected = UnsafeProjection.create(projected, kept ++ results)
    for (_ <- 1 to 200) {
      val (waited, found) = (rowOf(kept.map(_.dataType)), rowOf(results.map(_.dataType)))
      val both = InternalRow.fromSeq(
        waited.toSeq(kept.map(_.dataType)) ++ found.toSeq(results.map(_.dataType))
      )
      val row = outputs.of(copied(keptRow(waited), kept, outputs.reserved), found)
      assert(values(row, projected) == values(expected(both), projected))
    }
  }

  // As a row that waits is: among others, in bytes that held something else before.
  private def copied(row: UnsafeRow, kept: Seq[NamedExpression], reserved: Int): UnsafeRow = {
    val layout = new RowLayout(kept.map(_.dataType), reserved)
    val start = 8 * random.nextInt(3)
    val bytes = random.alphanumeric.take(start + layout.sizeOf(row)).map(_.toByte).toArray
    layout.copy(row, bytes, start)
    val copy = new UnsafeRow(layout.fields)
    copy.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET.toLong + start, layout.sizeOf(row))
    copy
  }

  private def values(row: UnsafeRow, columns: Seq[NamedExpression]): Seq[Any] =
    columns.zipWithIndex.map { case (column, at) =>
      row.get(at, column.dataType) match {
        case bytes: Array[Byte] => bytes.toSeq
        case other => other
      }
    }

  test("kept columns of every layout, with results of every layout") {
    val numbers = Seq(FloatType, DoubleType, LongType, IntegerType, ShortType, BooleanType)
    val others =
      Seq(Seq(ArrayType(FloatType)), Seq(pair, StringType, LongType), Seq(FloatType, pair))
    for (result <- Seq(FloatType) +: numbers +: others) {
      val (kept, results) = (named(ofEachLayout, "k"), named(result, "r"))
      check(kept, results, kept ++ results)
      check(kept, results, kept ++ results.map(Alias(_, "y")()))
    }
  }

  test("so many columns that their nulls take more than one word") {
    for {
      count <- Seq(62, 63, 64, 65, 130)
      result <- Seq(Seq(FloatType), Seq(FloatType, LongType), Seq(FloatType, StringType))
    } {
      val kept = named(Seq.tabulate(count)(at => ofEachLayout(at % ofEachLayout.size)), "k")
      val results = named(result, "r")
      check(kept, results, kept ++ results)
    }
  }

  test("columns in another order, twice, or computed") {
    val (kept, results) = (named(Seq(LongType, StringType), "k"), named(Seq(FloatType), "r"))
    check(kept, results, results ++ kept)
    check(kept, results, kept ++ results ++ results.map(Alias(_, "again")()))
    check(kept, results, Seq(Alias(Add(kept.head, Literal(1L)), "next")(), kept(1), results.head))
  }

  test("no column is kept") {
    val results = named(Seq(FloatType, StringType), "r")
    val outputs = OutputRows(results, Nil, results, index = 0)
    val found = InternalRow(1.5f, UTF8String.fromString("a"))
    assert(values(outputs.of(null, found), results) == Seq(1.5f, UTF8String.fromString("a")))
  }
}
