package tfpredict.host

import java.nio.charset.StandardCharsets
import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._
import scala.util.Try

/**
 * The platform for which native libraries are built.
 *
 * @param os
 *   linux, darwin or windows
 * @param arch
 *   the JVM's architecture, for example x86_64
 * @param libc
 *   the C library on Linux, for example `glibc 2.36` or `musl`. Empty if unknown.
 */
final private[tfpredict] case class Platform(os: String, arch: String, libc: String) {

  /** The platform's name in TensorFlow's library folders. */
  def name: String = s"$os-$arch"

  /** Whether the host is known to lack glibc 2.17, which TensorFlow needs. */
  def lacksGlibc: Boolean = libc match {
    case Platform.Glibc(major, minor) => major.toInt < 2 || major == "2" && minor.toInt < 17
    case other => other.nonEmpty
  }
}

private[tfpredict] object Platform {
  private val Glibc = """glibc (\d+)\.(\d+).*""".r

  /** The platform of this JVM. */
  lazy val here: Platform = {
    val name = System.getProperty("os.name").toLowerCase
    val os =
      if (name.contains("mac")) "darwin" else if (name.contains("win")) "windows" else "linux"
    val arch = System.getProperty("os.arch")
    val maps = Paths.get("/proc/self/maps")
    Platform(os, if (arch == "amd64") "x86_64" else arch, Try(libc(maps)).getOrElse(""))
  }

  /** Reads the C library's name and version from a process's memory map. Runs no command. */
  private[tfpredict] def libc(maps: Path): String = {
    val files = Files.readAllLines(maps, StandardCharsets.UTF_8).asScala
      .flatMap(_.split(" +", 6).lift(5)).distinct
    val glibc = files.find(_.matches(""".*/libc([.]so[.]6|-[\d.]+[.]so)"""))
    glibc match {
      case Some(file) => version(Paths.get(file))
      case None => if (files.exists(_.contains("/ld-musl"))) "musl" else ""
    }
  }

  // The library contains the version message that it prints when run as a program.
  private def version(file: Path): String = {
    val text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
    """GNU C Library [^\n]*version (\d+\.\d+)""".r
      .findFirstMatchIn(text)
      .fold("")(found => s"glibc ${found.group(1)}")
  }
}
