package tfpredict.sql

import org.apache.spark.SparkContext
import org.apache.spark.sql.catalyst.QueryPlanningTracker
import org.apache.spark.sql.execution.SQLExecution

/**
 * Tells whether a query is planned only to be shown, as by EXPLAIN. Spark plans such a one as it
 * plans any other, and says so to nobody: its caller is looked at.
 */
private[sql] object Explained {

  /** Whether the query that this thread plans is only to be shown. */
  def isNow(sc: SparkContext): Boolean = !isExecuted(sc) && Thread.currentThread.getStackTrace
    .exists(frame => frame.getClassName == Query && Shown(frame.getMethodName))

  // An execution shows its plan too, to Spark's UI, before it runs.
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
