package tfpredict.batch

/** Receives the events of a [[PartitionPredictor]], for metrics. All times are in nanoseconds. */
private[tfpredict] trait BatchListener {

  /** This predictor fetched and loaded a model. Not called if the JVM had the model already. */
  def onModel(fetching: Long, loading: Long): Unit

  /**
   * A window of rows ran.
   *
   * @param encoding
   *   time spent on encoding, extrapolated from one row in 32
   */
  def onBatches(rows: Int, batches: Int, encoding: Long, running: Long): Unit

  /** A row was rejected, and the task continues. */
  def onRejected(): Unit
}

private[tfpredict] object BatchListener {

  /**
   * Only one row in `SampleMask + 1` is timed, since reading the clock costs as much as encoding a
   * row.
   */
  val SampleMask = 31

  object None extends BatchListener {
    override def onModel(fetching: Long, loading: Long): Unit = ()

    override def onBatches(rows: Int, batches: Int, encoding: Long, running: Long): Unit = ()

    override def onRejected(): Unit = ()
  }
}
