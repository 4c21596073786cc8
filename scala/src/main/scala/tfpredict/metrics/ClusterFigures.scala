package tfpredict.metrics

import scala.collection.mutable

/**
 * The driver's view: the figures of all executors, added. Thread-safe.
 *
 * Invariants: totals never fall. An executor that is lost keeps what it reported, and has no model
 * loaded any more. A version without a report for the longest time makes room for a new one, and
 * its figures go to [[ModelVersion.Others]].
 *
 * @param onModel
 *   called when a version gets figures of its own
 * @param onForgotten
 *   called when it loses them
 */
final private[metrics] class ClusterFigures(
    onModel: ModelVersion => Unit,
    onForgotten: ModelVersion => Unit,
    most: Int = ModelVersion.Most
) {
  import ClusterFigures._

  private val totals = new Recent[ModelVersion, Figures](most)
  private var others = Figures.zero
  private var sum = Figures.zero
  private val executors = mutable.LinkedHashMap.empty[String, Executor]
  // Their last reports may come after the news of their end.
  private val lost = new Recent[String, Executor](MostLost)

  def add(report: ExecutorReport): Unit = synchronized {
    lost.get(report.executor) match {
      case Some(executor) =>
        report.models.foreach(add(executor, _))
        close(executor)
      case None =>
        val executor = executors.getOrElseUpdate(report.executor, new Executor(2 * most))
        report.models.foreach(add(executor, _))
    }
  }

  /** An executor has started. */
  def begin(name: String, host: String): Unit = synchronized {
    executors.getOrElseUpdate(name, new Executor(2 * most)).host = host
  }

  private def add(executor: Executor, report: ModelReport): Unit = {
    val earlier = executor.models.get(report.model).filter(_.counting == report.counting)
    gain(report.model, report.figures.since(earlier.fold(Figures.zero)(_.figures)))
    executor.models.put(report.model, report)
    ()
  }

  private def gain(model: ModelVersion, gained: Figures): Unit = {
    sum += gained
    if (model == ModelVersion.Others) others += gained
    else {
      val before = totals.get(model)
      val forgotten = totals.put(model, before.getOrElse(Figures.zero) + gained)
      for ((oldest, figures) <- forgotten) {
        others += figures
        onForgotten(oldest)
      }
      if (before.isEmpty) onModel(model)
    }
  }

  /** An executor has ended. */
  def end(name: String): Unit = synchronized {
    executors.remove(name).foreach { executor =>
      close(executor)
      lost.put(name, executor)
    }
  }

  // Nobody reports that its models are gone.
  private def close(executor: Executor): Unit =
    for ((_, report) <- executor.models.all if report.figures.loaded > 0)
      add(executor, report.copy(figures = report.figures.closed))

  def of(model: ModelVersion): Figures = synchronized {
    if (model == ModelVersion.Others) others else totals.get(model).getOrElse(Figures.zero)
  }

  /** Of all models and versions. */
  def all: Figures = synchronized(sum)

  /** Each version that has figures of its own, and then the others, if there are any. */
  def models: Seq[(ModelVersion, Figures)] = synchronized {
    val rest = if (others.isSame(Figures.zero)) Nil else Seq(ModelVersion.Others -> others)
    totals.all.sortBy { case (model, _) => (model.path, model.version) } ++ rest
  }

  /** What each executor that lives has said: its name, its host and its last reports. */
  def reports: Seq[(String, String, Seq[ModelReport])] = synchronized {
    executors.toList.map { case (name, executor) =>
      (name, executor.host, executor.models.all.map(_._2))
    }
  }
}

private object ClusterFigures {

  /** Executors that ended, whose last report may be on its way. */
  val MostLost = 1024

  class Executor(most: Int) {
    var host = ""
    val models = new Recent[ModelVersion, ModelReport](most)
  }
}
