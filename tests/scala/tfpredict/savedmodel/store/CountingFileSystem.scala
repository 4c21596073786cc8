package tfpredict.savedmodel.store

import java.net.URI
import java.util.concurrent.atomic.AtomicLong

import org.apache.hadoop.fs.{FSDataInputStream, FSInputStream, FileStatus, FilterFileSystem, Path}

/** Another file system than the local disk, which counts what it is asked for. */
class CountingFileSystem extends FilterFileSystem(new ElsewhereFileSystem) {
  import CountingFileSystem._

  override def getScheme: String = "counted"

  override def getUri: URI = URI.create("counted:///")

  override def checkPath(path: Path): Unit = ()

  override def makeQualified(path: Path): Path = new Path("counted", "", path.toUri.getPath)

  override def getFileStatus(path: Path): FileStatus = {
    statuses.incrementAndGet()
    super.getFileStatus(path)
  }

  override def listStatus(path: Path): Array[FileStatus] = {
    lists.incrementAndGet()
    super.listStatus(path)
  }

  override def open(path: Path, bufferSize: Int): FSDataInputStream = {
    opens.incrementAndGet()
    new FSDataInputStream(new Counted(super.open(path, bufferSize)))
  }
}

object CountingFileSystem {
  private val statuses, lists, opens, bytes = new AtomicLong

  /**
   * What a file system is asked for: statuses of paths, lists of folders, files, and their bytes.
   */
  final case class Asked(statuses: Long, lists: Long, opens: Long, bytes: Long) {

    private[CountingFileSystem] def minus(before: Asked): Asked = Asked(
      statuses - before.statuses,
      lists - before.lists,
      opens - before.opens,
      bytes - before.bytes
    )
  }

  /** What is asked while `body` runs. */
  def during(body: => Unit): Asked = {
    val before = now
    body
    now.minus(before)
  }

  private def now: Asked = Asked(statuses.get, lists.get, opens.get, bytes.get)

  final private class Counted(stream: FSDataInputStream) extends FSInputStream {

    override def read(): Int = {
      val read = stream.read()
      if (read >= 0) bytes.incrementAndGet()
      read
    }

    override def read(buffer: Array[Byte], offset: Int, length: Int): Int = {
      val count = stream.read(buffer, offset, length)
      if (count > 0) bytes.addAndGet(count.toLong)
      count
    }

    override def seek(position: Long): Unit = stream.seek(position)

    override def getPos: Long = stream.getPos

    override def seekToNewSource(position: Long): Boolean = stream.seekToNewSource(position)

    override def close(): Unit = stream.close()
  }
}
