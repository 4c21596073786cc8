package tfpredict.savedmodel.fuzz

import java.util.concurrent.ConcurrentLinkedQueue

import scala.collection.JavaConverters._

/** Threads that share the work, each with processes of its own. */
object Workers {

  /**
   * Runs all work.
   *
   * @param processes
   *   creates a worker's processes, which are closed when no work is left
   * @param run
   *   runs one piece of work
   * @param tell
   *   reports an outcome, with the number of pieces done
   */
  def each[A, B](waiting: Seq[A], workers: Int)(processes: => Seq[FuzzedProcess])(
      run: (Seq[FuzzedProcess], A) => B
  )(tell: (B, Int) => Unit): Seq[B] = {
    val left = new ConcurrentLinkedQueue(waiting.asJava)
    val done = new ConcurrentLinkedQueue[B]
    val threads = (1 to workers).map { _ =>
      new Thread(() => {
        val own = processes
        try Iterator.continually(Option(left.poll())).takeWhile(_.isDefined).flatten.foreach {
            one =>
              val result = run(own, one)
              done.add(result)
              tell(result, done.size)
          }
        finally own.foreach(_.close())
      })
    }
    threads.foreach(_.start())
    threads.foreach(_.join())
    done.asScala.toSeq
  }
}
