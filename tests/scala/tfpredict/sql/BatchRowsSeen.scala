package tfpredict.sql

import org.apache.spark.sql.DataFrame

/** How many rows a query's call sends through its model at once, as its settings have it. */
object BatchRowsSeen {
  def of(query: DataFrame): Int =
    query.queryExecution.analyzed
      .collectWithSubqueries { case node => node.expressions }
      .flatten
      .flatMap(_.collect { case call: Predict => call.settings.mostRows(call.signature) })
      .head
}
