package tfpredict.host

import java.nio.charset.StandardCharsets
import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._
import scala.util.Try

/**
 * What native libraries are made for.
 *
 * @param os
 *   linux, darwin or windows
 * @param arch
 *   of the JVM, for instance x86_64
 * @param libc
 *   the C library on Linux, for instance `glibc 2.36` or `musl`; empty if it cannot be told
 */
final private[tfpredict] case class Platform(os: String, arch: String, libc: String) {

  /** As TensorFlow names its folders of libraries. */
  def name: String = s"$os-$arch"

  /** What TensorFlow needs and is not here, if that can be told: glibc 2.17. */
  def lacksGlibc: Boolean = libc match {
    case Platform.Glibc(major, minor) => major.toInt < 2 || major == "2" && minor.toInt < 17
    case other => other.nonEmpty
  }
}

private[tfpredict] object Platform {
  private val Glibc = """glibc (\d+)\.(\d+).*""".r

  /** This JVM's. */
  lazy val here: Platform = {
    val name = System.getProperty("os.name").toLowerCase
    val os =
      if (name.contains("mac")) "darwin" else if (name.contains("win")) "windows" else "linux"
    val arch = System.getProperty("os.arch")
    val maps = Paths.get("/proc/self/maps")
    Platform(os, if (arch == "amd64") "x86_64" else arch, Try(libc(maps)).getOrElse(""))
  }

  /** What a process's memory map says of its C library. No command is run for it. */
  private[tfpredict] def libc(maps: Path): String = {
    val files = Files.readAllLines(maps, StandardCharsets.UTF_8).asScala
      .flatMap(_.split(" +", 6).lift(5)).distinct
    val glibc = files.find(_.matches(""".*/libc([.]so[.]6|-[\d.]+[.]so)"""))
    glibc match {
      case Some(file) => version(Paths.get(file))
      case None => if (files.exists(_.contains("/ld-musl"))) "musl" else ""
    }
  }

  // The library carries the sentence that it prints when it is run as a program.
  private def version(file: Path): String = {
    val text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
    """GNU C Library [^\n]*version (\d+\.\d+)""".r
      .findFirstMatchIn(text)
      .fold("")(found => s"glibc ${found.group(1)}")
  }
}
