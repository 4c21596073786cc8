package tfpredict.savedmodel.fuzz

import java.util.concurrent.ConcurrentLinkedQueue

import scala.collection.JavaConverters._

/** Threads that share what is to be fuzzed, each with processes of its own. */
object Workers {

  /**
   * @param processes
   *   makes a worker's, which are closed when nothing is left
   * @param run
   *   fuzzes one
   * @param tell
   *   says what came of one, when so many are done
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
