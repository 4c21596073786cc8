package tfpredict.diagnostics

import java.io.IOException
import java.lang.management.ManagementFactory
import java.nio.file.{Files, Path}
import javax.management.ObjectName

import scala.util.{Properties, Try}

import org.apache.hadoop.util.VersionInfo

import tfpredict.engine.Engine
import tfpredict.host.{HostFolder, Platform, SparkJavas}
import tfpredict.model.MemoryWatch
import tfpredict.{BuildInfo, ModelLoadException, Settings}

/** Checks this JVM and its host for problems that would stop a model here. */
private[diagnostics] object HostExam {

  /**
   * Returns the report of this JVM.
   *
   * @param loads
   *   whether models run here. If so, the native libraries are loaded.
   */
  def here(role: String, settings: Settings, loads: Boolean): HostReport = {
    val place = HostFolder.place(settings)
    val natives = if (loads) Some(failure(Engine.installed.loadNatives(place))) else None
    val report = HostReport(
      role,
      ManagementFactory.getRuntimeMXBean.getName,
      s"${System.getProperty("os.name")} ${System.getProperty("os.version")}",
      Platform.here.arch,
      Platform.here.libc,
      System.getProperty("java.version"),
      HostFolder.path(place).toString,
      free(place),
      Runtime.getRuntime.maxMemory,
      physical,
      MemoryWatch.here,
      if (loads) settings.outsideHeap else None,
      natives.fold("not needed")(_.fold("loaded")(_ => "failed")),
      versions,
      Nil
    )
    // If the libraries are loaded, the folder is usable too.
    val unusable = natives.getOrElse(failure(HostFolder.in(place)).map(why =>
      s"$why; set spark.tfpredict.disk.path to a local folder that this user may write"
    ))
    report.copy(problems = unusable.toSeq ++ problems(report))
  }

  /** Returns the problems that a report's figures show. */
  def problems(report: HostReport): Seq[String] = {
    val java = report.java.stripPrefix("1.").takeWhile(_.isDigit)
    val odd =
      if (SparkJavas.all.contains(java)) None
      else {
        val able = s"${SparkJavas.all.init.mkString(", ")} or ${SparkJavas.all.last}"
        Some(s"Java ${report.java}, where ${SparkJavas.line} runs on $able: set JAVA_HOME to one")
      }
    val full = report.diskFree.filter(_ < Room).map { bytes =>
      s"${bytes >> 20} MB are free for ${report.folder}, where 1024 MB should be: free some, or set " +
        "spark.tfpredict.disk.path to another local folder"
    }
    val narrow = for {
      physical <- report.physical
      outside <- report.outsideHeapLimit if report.heap + outside > physical
    } yield s"${physical >> 20} MB of memory, where the heap may have ${report.heap >> 20} MB and " +
      s"${outside >> 20} MB may be outside it: set less spark.executor.memory"
    val tight = for {
      used <- report.outsideHeap
      limit <- report.outsideHeapLimit if MemoryWatch.isNear(used, limit)
    } yield s"${used >> 20} MB are in use outside the heap, where there is room for " +
      s"${limit >> 20} MB: set more spark.executor.memoryOverhead"
    Seq(odd, full, narrow, tight).flatten
  }

  /** Space for the native libraries and a few models of usual size. */
  private val Room = 1L << 30

  private def versions: Map[String, String] = Map(
    "tfpredict" -> BuildInfo.version,
    "Spark" -> org.apache.spark.SPARK_VERSION,
    "Scala" -> Properties.versionNumberString,
    "TensorFlow" -> Engine.installed.version,
    "Hadoop" -> VersionInfo.getVersion
  )

  private def failure(body: => Any): Option[String] =
    try {
      body
      None
    } catch {
      case refused: ModelLoadException => Some(refused.getMessage.stripSuffix("."))
      case refused: IOException => Some(refused.toString)
    }

  // Looks at the nearest existing parent, since the first model creates the folder.
  private def free(place: Path): Option[Long] =
    Iterator
      .iterate(place.toAbsolutePath)(_.getParent)
      .takeWhile(_ != null)
      .find(Files.isDirectory(_))
      .flatMap(folder => Try(Files.getFileStore(folder).getUsableSpace).toOption)

  // Read by the attribute's name, since the class that has it differs between Javas.
  private def physical: Option[Long] =
    Try(
      ManagementFactory.getPlatformMBeanServer
        .getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "TotalPhysicalMemorySize")
        .asInstanceOf[java.lang.Long]
        .longValue
    ).toOption
}
