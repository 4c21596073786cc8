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
}
