package tfpredict.versions

import java.util.concurrent.CompletableFuture

import org.apache.spark.SparkContext

/** Work in a thread of its own, which belongs to no query. */
private[tfpredict] object Apart {

  /**
   * Starts the work. Jobs in it are in no job group: whoever cancels a query cancels that query
   * alone.
   *
   * @param name
   *   what Spark's UI shows for the work's jobs
   */
  def run[A](sc: SparkContext, name: String)(work: => A): CompletableFuture[A] = {
    val done = new CompletableFuture[A]
    val thread = new Thread(
      () =>
        try {
          // A new thread has what the one that made it had.
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
