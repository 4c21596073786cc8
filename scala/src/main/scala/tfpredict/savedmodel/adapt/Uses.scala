package tfpredict.savedmodel.adapt

import scala.collection.mutable

/** Which of some names use which others. */
private[savedmodel] object Uses {

  /**
   * The names, each after all that it uses. A name that uses itself is not among them, nor is one
   * that does so by way of others, or uses such a one.
   *
   * @param of
   *   what each name uses, of the names
   */
  def inOrder(of: Map[String, Set[String]]): Seq[String] = {
    val users = of.toSeq
      .flatMap { case (name, used) => used.map(_ -> name) }
      .groupBy(_._1)
      .map { case (name, found) => name -> found.map(_._2) }
    val waiting = mutable.Map(of.mapValues(_.size).toSeq: _*)
    val ready = mutable.Queue(of.keys.filter(of(_).isEmpty).toSeq.sorted: _*)
    val found = Vector.newBuilder[String]
    while (ready.nonEmpty) {
      val name = ready.dequeue()
      found += name
      users.getOrElse(name, Nil).foreach { user =>
        waiting(user) -= 1
        if (waiting(user) == 0) ready.enqueue(user)
      }
    }
    found.result()
  }
}
