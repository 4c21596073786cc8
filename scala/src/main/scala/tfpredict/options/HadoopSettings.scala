package tfpredict.options

import scala.collection.JavaConverters._

import org.apache.hadoop.conf.Configuration

/**
 * How Hadoop's file systems are reached: what the driver's configuration says otherwise than the
 * defaults of the JVM that it comes to. It can hold keys, and does not print them.
 */
final class HadoopSettings private (private val entries: Map[String, String]) extends Serializable {

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

object HadoopSettings {
  val none: HadoopSettings = new HadoopSettings(Map.empty)

  // Of jobs, formats and catalogs, which Spark changes as it goes; they reach no files.
  private val Jobs = Seq("hive.", "mapreduce.", "mapred.", "yarn.", "parquet.", "spark.")

  // Read from the jars' files, which takes a while.
  private lazy val defaults = new Configuration()

  def of(entries: Seq[(String, String)]): HadoopSettings = new HadoopSettings(entries.toMap)

  def of(configuration: Configuration): HadoopSettings = {
    val entries = configuration.iterator.asScala.map(entry => entry.getKey -> entry.getValue)
    new HadoopSettings(entries.filter { case (key, value) =>
      defaults.getRaw(key) != value && !Jobs.exists(key.startsWith)
    }.toMap)
  }
}
