package tfpredict.columns

/**
 * The results of a batch. Unlike a `Function1` from the JVM's library, it does not box the row
 * number.
 */
private[tfpredict] trait RowResults[+V] {

  /**
   * Returns the result of a row.
   *
   * @param row
   *   the row's number in the batch, from 0
   */
  def of(row: Int): V
}
