package tfpredict.savedmodel.store

import java.io.{IOException, InputStream, RandomAccessFile}
import java.nio.file.StandardOpenOption.CREATE_NEW
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}

import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

import tfpredict.host.{DiskException, HostStore, Stopped}

/**
 * Models fetched to this host's disk, once for all JVMs of a user.
 *
 * @param folder
 *   this user's own folder
 * @param limit
 *   maximum total bytes of the models; the model in use is always kept
 */
final private[savedmodel] class LocalModels(folder: Path, limit: Long) {
  private val log = LoggerFactory.getLogger(getClass)
  private val store = new HostStore(folder)

  /**
   * Calls `body` with the model's folder. Fetches the model first if it is missing.
   *
   * @param key
   *   identifies the model's content
   * @param fetch
   *   fetches the files into an empty folder
   * @throws DiskException
   *   if the files cannot be written to the local disk
   */
  def use[A](key: String, fetch: Path => Unit)(body: Path => A): A =
    store.use(key)(fetch) { model =>
      // Another JVM may be removing the same models. Then it frees the space, and this JVM need
      // not.
      try makeRoom(except = model)
      catch { case NonFatal(raced) => log.info(s"Did not make room in $folder", raced) }
      body(model)
    }

  private def makeRoom(except: Path): Unit = {
    val sizes = store.all.map(model => model -> ModelFolder.local(model).bytes).toMap
    var taken = sizes.values.sum
    val oldest = sizes.keys.toSeq.sortBy(Files.getLastModifiedTime(_))
    for (model <- oldest if taken > limit && model != except)
      if (store.remove(model)) {
        log.info("Removed {}, the least recently used model", model)
        taken -= sizes(model)
      }
  }
}

private[savedmodel] object LocalModels {

  /**
   * Copies the files of a folder into another, with their times.
   *
   * @throws DiskException
   *   if a file cannot be written; a read error has another exception
   */
  def copy(from: ModelFolder, to: Path): Unit = copy(from, to, _ => true)

  /** Copies only the chosen files. */
  def copy(from: ModelFolder, to: Path, isChosen: ModelFile => Boolean): Unit =
    from.files.filter(isChosen).foreach(copy(from, _, to))

  /**
   * Copies a folder without the variables' data. Their files have the right name, length and time,
   * but are sparse: they use no disk space.
   */
  def outline(from: ModelFolder, to: Path): Unit = from.files.foreach { file =>
    if (!file.isShard) copy(from, file, to)
    else DiskException.of {
      val target = to.resolve(file.name)
      Files.createDirectories(target.getParent)
      val shard = new RandomAccessFile(target.toFile, "rw")
      try shard.setLength(file.length)
      finally shard.close()
      setTime(target, file)
    }
  }

  private def copy(from: ModelFolder, file: ModelFile, to: Path): Unit = {
    val target = to.resolve(file.name)
    val stream = from.open(file.name)
    val written =
      try write(stream, target)
      finally stream.close()
    if (written != file.length) {
      throw new IOException(s"$from/${file.name} has ${file.length} bytes, and $written were read")
    }
    DiskException.of(setTime(target, file))
  }

  private def setTime(target: Path, file: ModelFile): Unit = {
    Files.setLastModifiedTime(target, FileTime.fromMillis(file.modified))
    ()
  }

  private def write(from: InputStream, target: Path): Long = {
    val out = DiskException.of {
      Files.createDirectories(target.getParent)
      Files.newOutputStream(target, CREATE_NEW)
    }
    try {
      val buffer = new Array[Byte](1 << 16)
      Iterator
        .continually(from.read(buffer))
        .takeWhile(_ >= 0)
        .map { length =>
          // Reads and writes of local files ignore an interrupt, so the copy checks for it.
          Stopped.check()
          DiskException.of(out.write(buffer, 0, length))
          length.toLong
        }
        .sum
    } finally DiskException.of(out.close())
  }
}
