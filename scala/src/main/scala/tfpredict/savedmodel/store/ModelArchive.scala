package tfpredict.savedmodel.store

import java.io.BufferedOutputStream
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}
import java.util.zip.{Deflater, ZipEntry, ZipFile, ZipOutputStream}

import scala.collection.JavaConverters._

import org.apache.hadoop.io.IOUtils

/**
 * A model's folder as one zip file, which Spark can distribute. It is not compressed, since
 * compression saves little on numbers. Each entry's comment is the file's exact time, since zip
 * would round it.
 */
private[tfpredict] object ModelArchive {

  def pack(folder: ModelFolder, archive: Path): Unit = {
    val zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)))
    try {
      zip.setLevel(Deflater.NO_COMPRESSION)
      folder.files.foreach { file =>
        val entry = new ZipEntry(file.name)
        entry.setComment(file.modified.toString)
        zip.putNextEntry(entry)
        val stream = folder.open(file.name)
        try IOUtils.copyBytes(stream, zip, 1 << 16)
        finally stream.close()
        zip.closeEntry()
      }
    } finally zip.close()
  }

  def unpack(archive: Path, directory: Path): Unit = {
    val zip = new ZipFile(archive.toFile)
    try
      zip.entries.asScala.foreach { entry =>
        val target = directory.resolve(entry.getName).normalize
        require(target.startsWith(directory), s"$archive holds ${entry.getName}")
        Files.createDirectories(target.getParent)
        val stream = zip.getInputStream(entry)
        try Files.copy(stream, target)
        finally stream.close()
        Files.setLastModifiedTime(target, FileTime.fromMillis(entry.getComment.toLong))
      }
    finally zip.close()
  }
}
