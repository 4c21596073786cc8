package tfpredict.batch

import java.util.Arrays

import tfpredict.columns.RowResults

/**
 * The rows that a [[Batcher]] has read together, each with the number of its group, and later their
 * results.
 */
final private[batch] class Window[V] {
  private var groups = new Array[Int](32)
  private var count = 0
  private var position = 0
  // For each group the number of results already returned, and the results.
  private var used = new Array[Int](4)
  private var results = new Array[RowResults[V]](4)
  private var running: RunningWindow[V] = _
  private var answers: WindowResults[V] = _

  /** Rows that a model runs. */
  var taken = 0

  /** All rows, including those outside any group. */
  def size: Int = count

  def add(group: Int): Unit = {
    if (count == groups.length) groups = Arrays.copyOf(groups, 2 * count)
    groups(count) = group
    count += 1
    if (group >= 0) taken += 1
  }

  def start(handedOver: RunningWindow[V]): Unit = running = handedOver

  /** Waits for the results. */
  def await(): Unit = if (running != null) answers = running.await()

  def hasNext: Boolean = position < count

  def next(absent: Int => V): V = {
    val group = groups(position)
    position += 1
    if (group < 0) absent(group)
    else {
      if (group >= used.length) {
        used = Arrays.copyOf(used, 2 * group)
        results = Arrays.copyOf(results, 2 * group)
      }
      if (results(group) == null) results(group) = answers.of(group)
      val index = used(group)
      used(group) = index + 1
      results(group).of(index)
    }
  }
}
