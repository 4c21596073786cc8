package tfpredict.batch

import tfpredict.columns.RowResults

/** The results of a window's groups, each of which ran as batches of its own. */
private[batch] trait WindowResults[+V] {

  /** @param group its number in the window, from 0 */
  def of(group: Int): RowResults[V]
}

/** A window that was handed over, and runs. */
private[batch] trait RunningWindow[+V] {

  /** Waits for the results. To be called once. */
  def await(): WindowResults[V]
}
