package tfpredict.savedmodel.store

import java.io.IOException
import java.net.URI
import java.nio.file.Paths
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger

import org.apache.hadoop.fs.{FSDataInputStream, FileStatus, Path, RawLocalFileSystem}

/** A local folder that appears as a remote file system, and that can fail. */
class ElsewhereFileSystem extends RawLocalFileSystem {
  import ElsewhereFileSystem._

  override def getScheme: String = "elsewhere"

  override def getUri: URI = URI.create("elsewhere:///")

  override def checkPath(path: Path): Unit = ()

  override def open(path: Path, bufferSize: Int): FSDataInputStream = {
    opened.incrementAndGet()
    names.add(path.getName)
    Thread.sleep(pause)
    if (failures.getAndUpdate(left => math.max(0, left - 1)) > 0) {
      throw new IOException("the connection was reset")
    }
    super.open(path, bufferSize)
  }

  override def listStatus(path: Path): Array[FileStatus] = {
    listed.incrementAndGet()
    super.listStatus(path).map(elsewhere)
  }

  override def getFileStatus(path: Path): FileStatus = {
    if (isDown) throw new IOException("no route to host")
    elsewhere(super.getFileStatus(path))
  }

  override def pathToFile(path: Path): java.io.File = Paths.get(path.toUri.getPath).toFile

  private def elsewhere(status: FileStatus): FileStatus = {
    status.setPath(new Path("elsewhere", "", status.getPath.toUri.getPath))
    status
  }
}

object ElsewhereFileSystem {

  /** Lets it work again: suites share the JVM. */
  def repair(): Unit = {
    failures.set(0)
    isDown = false
    pause = 0
  }

  /** Number of files opened. */
  val opened = new AtomicInteger

  /** Names of the files opened. */
  val names: java.util.Set[String] = ConcurrentHashMap.newKeySet[String]()

  /** Number of folders listed. */
  val listed = new AtomicInteger

  /** Number of further openings that fail. */
  val failures = new AtomicInteger

  /** Milliseconds that each opening takes. */
  @volatile var pause = 0L

  @volatile var isDown = false
}
