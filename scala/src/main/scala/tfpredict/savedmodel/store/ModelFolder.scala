package tfpredict.savedmodel.store

import java.io.{ByteArrayOutputStream, FileNotFoundException, InputStream}
import java.nio.file.{Path => LocalPath, Paths}

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.{FileStatus, FileSystem, Path}
import org.apache.hadoop.io.IOUtils

/**
 * One file of a model: its name relative to the model's folder, its length in bytes, and its time
 * in ms.
 */
final private[tfpredict] case class ModelFile(name: String, length: Long, modified: Long) {

  /** Whether it contains variables' data, which are most of a model's bytes. */
  def isShard: Boolean = name.matches("variables/variables\\.data-\\d+-of-\\d+")
}

/** A folder on the local disk, or on any other file system that Hadoop supports. */
final private[tfpredict] class ModelFolder(fs: FileSystem, path: Path) {

  def resolve(name: String): ModelFolder = new ModelFolder(fs, new Path(path, name))

  def isDirectory: Boolean = status.exists(_.isDirectory)

  /** Whether the path is a file instead of a folder. */
  def isFile: Boolean = status.exists(_.isFile)

  /** The last part of its path. */
  def name: String = path.getName

  /** The length of a file in the folder, or none if there is no such file. */
  def length(name: String): Option[Long] = resolve(name).status.filter(_.isFile).map(_.getLen)

  /** The names in the folder, or none if it is not a folder. */
  def names: Seq[String] =
    try
      if (isDirectory) fs.listStatus(path).map(_.getPath.getName).toSeq.sorted
      else Nil
    catch { case _: FileNotFoundException => Nil }

  /** All files at any depth, sorted by name. */
  def files: Seq[ModelFile] = below("").map(_._1).sortBy(_.name)

  /** All files at any depth, each with its mark from [[FileMarks]]. */
  def marked: Seq[(ModelFile, String)] =
    below("").map { case (file, status) => (file, FileMarks.of(status)) }.sortBy(_._1.name)

  /** The files' total bytes. */
  def bytes: Long = files.map(_.length).sum

  def open(name: String): InputStream = fs.open(new Path(path, name))

  /** All bytes of a small file. */
  def read(name: String): Array[Byte] = {
    val bytes = new ByteArrayOutputStream
    val stream = open(name)
    try IOUtils.copyBytes(stream, bytes, 1 << 16)
    finally stream.close()
    bytes.toByteArray
  }

  /** The folder's path on the local disk, or none if it is elsewhere. */
  def local: Option[LocalPath] =
    if (fs.getUri.getScheme == "file") Some(Paths.get(path.toUri.getPath)) else None

  override def toString: String = local.fold(path.toString)(_.toString)

  // A link counts as its target. Hadoop's `listFiles` would not enter linked folders.
  private def below(prefix: String): Seq[(ModelFile, FileStatus)] =
    fs.listStatus(new Path(path.toString + "/" + prefix)).toSeq.flatMap { child =>
      val name = prefix + child.getPath.getName
      if (child.isDirectory) below(s"$name/")
      else Seq((ModelFile(name, child.getLen, child.getModificationTime), child))
    }

  private def status =
    try Some(fs.getFileStatus(path))
    catch { case _: FileNotFoundException => None }
}

private[tfpredict] object ModelFolder {

  def local(path: LocalPath): ModelFolder = {
    // The raw file system: Hadoop's default one looks for a checksum file beside each file.
    val fs = FileSystem.getLocal(new Configuration(false)).getRaw
    new ModelFolder(fs, new Path(path.toUri))
  }

  /**
   * @throws java.io.IOException
   *   if the file system is unknown, or does not answer
   */
  def at(uri: String, hadoop: Configuration): ModelFolder = {
    val path = new Path(uri)
    val fs = path.getFileSystem(hadoop)
    new ModelFolder(fs, fs.makeQualified(path))
  }
}
