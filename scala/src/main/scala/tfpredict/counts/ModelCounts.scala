package tfpredict.counts

import java.util.concurrent.atomic.AtomicReference

import tfpredict.ModelSpec

/**
 * Counts what one version of a model does in this JVM. Called for each batch and each load, never
 * for each row, by many threads at once. Times are in nanoseconds.
 */
private[tfpredict] trait ModelCounts {

  /** Whether anybody reads the counts. If not, callers need not look at the clock. */
  def isOn: Boolean

  /**
   * The model was loaded.
   *
   * @param fetching
   *   until its files were here and checked
   * @param loading
   *   from then on
   */
  def onLoaded(fetching: Long, loading: Long): Unit

  /** The model could not be loaded, or was refused. */
  def onLoadFailed(): Unit

  /** The model left this JVM's memory. */
  def onClosed(): Unit

  /** The model answered a batch. */
  def onBatch(rows: Int, running: Long): Unit

  /** A batch failed, and its task with it. */
  def onRunFailed(): Unit

  /** The model could not take these rows. */
  def onRejected(rows: Int): Unit
}

private[tfpredict] object ModelCounts {

  /** Whoever counts in this JVM. */
  trait Counter {
    def of(path: String, version: Option[Long]): ModelCounts
  }

  private val nobody: Counter = (_, _) => Off
  private val counter = new AtomicReference(nobody)

  def of(spec: ModelSpec): ModelCounts = of(spec.path, spec.version)

  def of(path: String, version: Option[Long]): ModelCounts = counter.get.of(path, version)

  /** From now on this one counts. */
  def install(by: Counter): Unit = counter.set(by)

  /** Ends the counting, unless another took over. */
  def remove(by: Counter): Unit = {
    counter.compareAndSet(by, nobody)
    ()
  }

  /** Counts nothing. */
  object Off extends ModelCounts {
    override def isOn: Boolean = false

    override def onLoaded(fetching: Long, loading: Long): Unit = ()

    override def onLoadFailed(): Unit = ()

    override def onClosed(): Unit = ()

    override def onBatch(rows: Int, running: Long): Unit = ()

    override def onRunFailed(): Unit = ()

    override def onRejected(rows: Int): Unit = ()
  }
}
