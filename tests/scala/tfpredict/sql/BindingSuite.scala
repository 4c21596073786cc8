package tfpredict.sql

import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute
import org.apache.spark.sql.catalyst.expressions._
import org.apache.spark.sql.types.{FloatType, IntegerType, StringType, StructType}
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.sql.Binding.{ByName, ByPosition, Refused}

/** The assignment of arguments to inputs, without a session. */
class BindingSuite extends AnyFunSuite {
  private val inputs = Seq("ids", "mask", "types")

  private def column(name: String): Expression = AttributeReference(name, FloatType)()

  private def of(isCaseSensitive: Boolean, arguments: Expression*): Binding =
    Binding.of(arguments, inputs, isCaseSensitive)._2

  private def columns(names: String*): Binding = of(false, names.map(column): _*)

  private def reason(binding: Binding): String = binding match {
    case Refused(Seq(why)) => s"Expected: ${why.expected}. Found: ${why.found}. Fix: ${why.fix}"
    case other => fail(s"$other is not refused")
  }

  test("columns that are exactly the inputs go by name, in any order and any case") {
    assert(columns("types", "ids", "mask") == ByName(Seq(1, 2, 0), Nil))
    assert(columns("TYPES", "Ids", "mask") == ByName(Seq(1, 2, 0), Nil))
    assert(of(true, Seq("TYPES", "Ids", "MASK").map(column): _*) == ByPosition(true))
    assert(of(true, Seq("mask", "ids", "types").map(column): _*) == ByName(Seq(1, 0, 2), Nil))
  }

  test("a column is plain before it is resolved, as an alias, and as a field of a struct") {
    val struct = AttributeReference("s", new StructType().add("mask", FloatType))()
    val map = MapFromArrays(CreateArray(Seq(Literal("x"))), CreateArray(Seq(Literal(1f))))
    for (
      mask <- Seq(
        UnresolvedAttribute(Seq("t", "mask")),
        UnresolvedAttribute(Seq("s", "mask")),
        Alias(column("other"), "mask")(),
        GetStructField(struct, 0, Some("mask")),
        GetStructField(struct, 0),
        GetMapValue(map, Literal("mask"))
      )
    ) assert(of(false, mask, column("ids"), column("types")) == ByName(Seq(1, 0, 2), Nil), mask)
  }

  test("other columns and expressions go by position") {
    assert(columns("x", "y", "z") == ByPosition(false))
    assert(of(false, column("ids"), Literal(1f), column("types")) == ByPosition(false))
    assert(of(false, Add(column("mask"), Literal(1f)), column("x"), column("y")) ==
      ByPosition(false))
  }

  test("a column with another input's name is refused, cast or not") {
    val swapped = reason(columns("mask", "x", "types"))
    assert(swapped.contains("the column mask as argument 1"))
    assert(swapped.contains("by position is the input ids and by name mask"))
    assert(swapped.contains("(ids => …, mask => …, types => …), or pass one struct"))
    reason(of(false, Cast(column("mask"), IntegerType), column("ids"), column("types")))
    reason(columns("ids", "ids", "types"))
    reason(columns("ids", "types", "types"))
    val ids = column("ids")
    assert(of(false, ids, Cast(ids, IntegerType), column("z")) == ByPosition(false))
  }

  test("one column may serve all inputs, whatever its name") {
    val mask = column("mask")
    assert(of(false, mask, mask, mask) == ByPosition(false))
  }

  test("arguments by position come first, then those by name") {
    def named(name: String) = NamedArgumentExpression(name, column("x"))
    assert(of(false, named("types"), named("ids"), named("Mask")) ==
      ByName(Seq(1, 2, 0), Seq("types", "ids", "Mask")))
    assert(of(false, column("x"), named("types"), named("mask")) ==
      ByName(Seq(0, 2, 1), Seq("types", "mask")))
    val (values, _) = Binding.of(Seq(column("x"), named("types"), named("mask")), inputs, false)
    assert(values.size == 3 && !values.exists(_.isInstanceOf[NamedArgumentExpression]))
  }

  test("errors have the names that do not match") {
    def named(name: String) = NamedArgumentExpression(name, column("x"))
    assert(reason(of(false, named("ids"), named("mask"), named("kinds")))
      .contains("each of the inputs ids, mask, types once. Found: kinds, which is no input."))
    assert(reason(of(
      false,
      named("ids"),
      named("mask")
    )).contains("Found: no argument for the input types."))
    assert(reason(of(false, column("x"), named("ids"), named("mask"), named("types")))
      .contains("Found: the input ids twice"))
    assert(reason(of(
      false,
      named("ids"),
      named("IDS"),
      named("types")
    )).contains("the input ids twice"))
    assert(reason(of(
      true,
      named("IDS"),
      named("mask"),
      named("types")
    )).contains("Found: IDS, which is no input"))
    assert(reason(of(false, named("ids"), column("x"), column("y"))).contains("without a name"))
    assert(reason(of(
      false,
      column("mask"),
      named("mask"),
      named("types")
    )).contains("Found: the column mask"))
  }

  test("inputs whose names differ only in case stay distinct") {
    def both(isCaseSensitive: Boolean, names: String*) =
      Binding.of(names.map(column), Seq("X", "x"), isCaseSensitive)._2
    assert(both(true, "x", "X") == ByName(Seq(1, 0), Nil))
    assert(both(false, "x", "X") == ByName(Seq(1, 0), Nil))
  }

  test("a null key of a map is no name") {
    assert(of(false, GetMapValue(column("m"), Literal(null, StringType)), column("x"), column("y"))
      == ByPosition(false))
  }
}
