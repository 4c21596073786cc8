package tfpredict.savedmodel.store

import java.nio.file.{Files, Paths}

import scala.collection.JavaConverters._
import scala.util.Try

import org.apache.hadoop.fs.FileStatus
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus

/**
 * What tells a file from another of the same name, length and time that took its place, as far as a
 * file system's listing says. No file is read. Two hosts may have different marks of one file.
 */
private[savedmodel] object FileMarks {

  // The class comes with these file systems.
  private val OfHdfs = Set("hdfs", "webhdfs", "swebhdfs")

  /** Empty where the file system tells nothing. */
  def of(file: FileStatus): String = file.getPath.toUri.getScheme match {
    // Who copies a file may set its time, but not the time of its last change.
    case "file" => Try(local(file.getPath.toUri.getPath)).getOrElse("")
    case hdfs if OfHdfs(hdfs) => number(file)
    case _ => ""
  }

  private def local(path: String): String =
    Files
      .readAttributes(Paths.get(path), "unix:dev,ino,ctime")
      .asScala
      .toSeq
      .sortBy(_._1)
      .map(_._2)
      .mkString(" ")

  private def number(file: FileStatus): String = file match {
    case status: HdfsFileStatus => status.getFileId.toString
    case _ => ""
  }
}
