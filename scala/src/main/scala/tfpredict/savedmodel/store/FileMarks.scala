package tfpredict.savedmodel.store

import java.nio.file.{Files, Paths}

import scala.collection.JavaConverters._
import scala.util.Try

import org.apache.hadoop.fs.FileStatus
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus

/**
 * Marks that distinguish a file from its replacement of the same name, length and time. They come
 * from the file system's listing alone: no file is read. Two hosts may have different marks of one
 * file.
 */
private[savedmodel] object FileMarks {

  // Hadoop has the class `HdfsFileStatus` on the class path only with these file systems.
  private val OfHdfs = Set("hdfs", "webhdfs", "swebhdfs")

  /** The mark, or an empty string if the file system has none. */
  def of(file: FileStatus): String = file.getPath.toUri.getScheme match {
    // A copy may keep the modification time, but not the time of its inode's last change.
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
