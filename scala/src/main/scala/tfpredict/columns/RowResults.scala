package tfpredict.columns

/** The results of a batch. Unlike a function of the JVM's library it boxes no row number. */
private[tfpredict] trait RowResults[+V] {

  /** @param row its number in the batch, from 0 */
  def of(row: Int): V
}
