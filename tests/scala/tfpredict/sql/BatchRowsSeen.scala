package tfpredict.sql

import org.apache.spark.sql.DataFrame

/** Returns the maximum rows per batch in the settings of a query's call. */
object BatchRowsSeen {
  def of(query: DataFrame): Int =
    query.queryExecution.analyzed
      .collectWithSubqueries { case node => node.expressions }
      .flatten
      .flatMap(_.collect { case call: Predict => call.settings.mostRows(call.signature) })
      .head
}
