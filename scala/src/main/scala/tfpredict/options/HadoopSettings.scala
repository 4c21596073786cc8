package tfpredict.options

import scala.collection.JavaConverters._

import org.apache.hadoop.conf.Configuration

/**
 * Access to Hadoop's file systems: the entries of the driver's configuration that differ from the
 * defaults. They may include secret keys, so `toString` does not show them.
 */
final class HadoopSettings private (private val entries: Map[String, String]) extends Serializable {

  /** Returns a configuration with the defaults and these entries. */
  def configuration: Configuration = {
    val made = new Configuration()
    entries.foreach { case (key, value) => made.set(key, value) }
    made
  }

  override def equals(other: Any): Boolean = other match {
    case that: HadoopSettings => that.entries == entries
    case _ => false
  }

  override def hashCode: Int = entries.hashCode

  override def toString: String = s"${entries.size} settings of Hadoop"
}

/** Reads the entries of a configuration. */
object HadoopSettings {

  /** The defaults alone. */
  val none: HadoopSettings = new HadoopSettings(Map.empty)

  // Settings of jobs, formats and catalogs. Spark changes them over time, and they do not affect
  // file access.
  private val Jobs = Seq("hive.", "mapreduce.", "mapred.", "yarn.", "parquet.", "spark.")

  // Lazy, since it is slow: it reads files from the jars.
  private lazy val defaults = new Configuration()

  def of(entries: Seq[(String, String)]): HadoopSettings = new HadoopSettings(entries.toMap)

  def of(configuration: Configuration): HadoopSettings = {
    val entries = configuration.iterator.asScala.map(entry => entry.getKey -> entry.getValue)
    new HadoopSettings(entries.filter { case (key, value) =>
      defaults.getRaw(key) != value && !Jobs.exists(key.startsWith)
    }.toMap)
  }
}
