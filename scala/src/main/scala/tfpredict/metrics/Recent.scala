package tfpredict.metrics

import java.util.LinkedHashMap

import scala.collection.JavaConverters._

/** A map that keeps the entries that were put last, up to a fixed number. Not thread-safe. */
final private[metrics] class Recent[K, V](most: Int) {
  private val entries = new LinkedHashMap[K, V]

  def get(key: K): Option[V] = Option(entries.get(key))

  /** Puts an entry; returns the one that had to go for it, if any. */
  def put(key: K, value: V): Option[(K, V)] = {
    entries.remove(key)
    entries.put(key, value)
    if (entries.size <= most) None
    else {
      val oldest = entries.entrySet.iterator.next()
      entries.remove(oldest.getKey)
      Some(oldest.getKey -> oldest.getValue)
    }
  }

  def remove(key: K): Option[V] = Option(entries.remove(key))

  /** All entries, in the order in which they were put last. */
  def all: Seq[(K, V)] = entries.asScala.toList
}
