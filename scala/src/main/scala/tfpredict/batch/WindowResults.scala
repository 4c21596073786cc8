package tfpredict.batch

import tfpredict.columns.RowResults

/** The results of a window's groups. Each group ran as batches of its own. */
private[batch] trait WindowResults[+V] {

  /**
   * Returns the results of a group.
   *
   * @param group
   *   the group's number in the window, from 0
   */
  def of(group: Int): RowResults[V]
}

/** A window that was handed over and is running. */
private[batch] trait RunningWindow[+V] {

  /** Waits for the results. Call it once. */
  def await(): WindowResults[V]
}
