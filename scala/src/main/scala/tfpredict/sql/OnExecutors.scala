package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{Expression, PythonUDF}
import org.apache.spark.sql.types.NullType

/**
 * What keeps Spark from evaluating a call while it plans, on the driver: there the model is not
 * loaded, and the version is not decided yet.
 *
 * Spark evaluates a query over local data, and conditions on partition columns, before any rule of
 * ours runs. It leaves both alone where an expression holds a Python UDF, which it cannot evaluate
 * itself. So a call has one as a child, of no kind that Spark's rules for Python take up, and which
 * nobody runs.
 */
private[sql] object OnExecutors {
  private val NoKind = -1

  val mark: Expression =
    PythonUDF("on_executors", null, NullType, Nil, NoKind, udfDeterministic = true)

  /**
   * The mark of a call that is left in a filter. A scan takes over conditions on partition columns
   * when it is planned, Python or not, and evaluates them on the driver; it leaves alone what is
   * not deterministic.
   */
  val markInFilter: Expression =
    PythonUDF("on_executors", null, NullType, Nil, NoKind, udfDeterministic = false)
}
