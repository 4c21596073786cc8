package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.codegen.GenerateUnsafeRowJoiner
import org.apache.spark.sql.catalyst.expressions.{
  Alias,
  Attribute,
  JoinedRow,
  NamedExpression,
  UnsafeProjection,
  UnsafeRow
}
import org.apache.spark.sql.types.{StructField, StructType}

/** Makes an output row of a row's kept columns and its results. It reuses one row object. */
private[sql] trait OutputRows {

  /** How many columns a kept row must have room for, beyond its own. */
  def reserved: Int = 0

  /** The kept columns are null if none are kept. */
  def of(kept: UnsafeRow, results: InternalRow): UnsafeRow
}

private[sql] object OutputRows {

  /**
   * @param projected
   *   the output, over `kept` and `results`
   * @param index
   *   the partition's index, which seeds expressions such as `rand`
   */
  def apply(
      projected: Seq[NamedExpression],
      kept: Seq[Attribute],
      results: Seq[Attribute],
      index: Int
  ): OutputRows =
    if (kept.nonEmpty && projected.map(source) == (kept ++ results).map(_.exprId)) {
      InSlots.of(kept.size, results).getOrElse(joiner(kept, results))
    } else projection(projected, kept, results, index)

  private def source(expression: NamedExpression) = expression match {
    case Alias(attribute: Attribute, _) => attribute.exprId
    case other => other.exprId
  }

  /* `SELECT *, f(x)` and its like, with results that are not in slots. The kept columns are a row
   * already, and copying its bytes is quicker than copying column by column. */
  private def joiner(kept: Seq[Attribute], results: Seq[Attribute]): OutputRows = {
    val join = GenerateUnsafeRowJoiner.create(schema(kept), schema(results))
    val row = UnsafeProjection.create(results, results)
    (waited, found) => join.join(waited, row(found))
  }

  private def projection(
      projected: Seq[NamedExpression],
      kept: Seq[Attribute],
      results: Seq[Attribute],
      index: Int
  ): OutputRows = {
    val project = UnsafeProjection.create(projected, kept ++ results)
    project.initialize(index)
    if (kept.isEmpty) (_, found) => project(found)
    else {
      val joined = new JoinedRow
      (waited, found) => project(joined(waited, found))
    }
  }

  private def schema(columns: Seq[Attribute]): StructType =
    StructType(columns.map(column => StructField(column.name, column.dataType, column.nullable)))
}
