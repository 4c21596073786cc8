package tfpredict.savedmodel.adapt

import scala.collection.mutable

/** Sorts names by their dependencies. */
private[savedmodel] object Uses {

  /**
   * The names, each after all names that it uses. A name is left out if it uses itself, directly or
   * through others, or if it uses such a name.
   *
   * @param of
   *   the names that each name uses
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
