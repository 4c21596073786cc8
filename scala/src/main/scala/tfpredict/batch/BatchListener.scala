package tfpredict.batch

/** Hears what a [[PartitionPredictor]] does, for metrics. All times are in nanoseconds. */
private[tfpredict] trait BatchListener {

  /** The model came, for this predictor: not where the JVM had it already. */
  def onModel(bringing: Long, loading: Long): Unit

  /**
   * A window of rows ran.
   *
   * @param encoding
   *   measured at one row in 32
   */
  def onBatches(rows: Int, batches: Int, encoding: Long, running: Long): Unit

  /** The model could not take a row, and the task goes on. */
  def onRefused(): Unit
}

private[tfpredict] object BatchListener {

  /** What is done to each row is timed at one row in so many and one: a clock costs as much. */
  val SampleMask = 31

  object None extends BatchListener {
    override def onModel(bringing: Long, loading: Long): Unit = ()

    override def onBatches(rows: Int, batches: Int, encoding: Long, running: Long): Unit = ()

    override def onRefused(): Unit = ()
  }
}
