package tfpredict.versions

import java.util.concurrent.CompletableFuture

import org.apache.spark.SparkContext

/** Runs work in a new thread that belongs to no query. */
private[tfpredict] object Apart {

  /**
   * Starts the work. Its jobs are in no job group, so cancelling a query does not cancel them.
   *
   * @param name
   *   the description of the work's jobs in Spark's UI
   */
  def run[A](sc: SparkContext, name: String)(work: => A): CompletableFuture[A] = {
    val done = new CompletableFuture[A]
    val thread = new Thread(
      () =>
        try {
          // A new thread inherits its parent's properties.
          sc.clearJobGroup()
          sc.clearJobTags()
          OfQueries.foreach(sc.setLocalProperty(_, null))
          sc.setLocalProperty("spark.job.description", name)
          done.complete(work)
          ()
        } catch {
          case failed: Throwable =>
            done.completeExceptionally(failed)
            ()
        },
      "tfpredict-apart"
    )
    thread.setDaemon(true)
    thread.start()
    done
  }

  private val OfQueries =
    Seq("spark.sql.execution.id", "spark.sql.execution.root.id", "sql.streaming.queryId")
}
