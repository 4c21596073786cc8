package tfpredict.sql

import org.apache.spark.SparkContext
import org.apache.spark.sql.catalyst.QueryPlanningTracker
import org.apache.spark.sql.execution.SQLExecution

/**
 * Detects a query that is planned only to be shown, as by EXPLAIN. Spark plans it like any other
 * query and offers no flag, so this inspects the stack.
 */
private[sql] object Explained {

  /** Whether the query that this thread plans is only shown. */
  def isNow(sc: SparkContext): Boolean = !isExecuted(sc) && Thread.currentThread.getStackTrace
    .exists(frame => frame.getClassName == Query && Shown(frame.getMethodName))

  // A query that runs is also shown in Spark's UI, before it starts.
  private def isExecuted(sc: SparkContext): Boolean = {
    val executed = for {
      id <- Option(sc.getLocalProperty(SQLExecution.EXECUTION_ID_KEY))
      query <- Option(SQLExecution.getQueryExecution(id.toLong))
      tracker <- QueryPlanningTracker.get
    } yield query.tracker eq tracker
    executed.contains(true)
  }

  private val Query = "org.apache.spark.sql.execution.QueryExecution"
  private val Shown = Set("explainString", "simpleString", "toString", "stringWithStats")
}
