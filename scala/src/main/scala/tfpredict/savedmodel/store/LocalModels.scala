package tfpredict.savedmodel.store

import java.io.{IOException, InputStream, RandomAccessFile}
import java.nio.file.StandardOpenOption.CREATE_NEW
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}

import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

import tfpredict.host.{DiskException, HostStore, Stopped}

/**
 * Models that were brought to this host's disk, once for all JVMs of one user.
 *
 * @param folder
 *   this user's alone
 * @param limit
 *   bytes that all of them may take; the one that is used is always kept
 */
final private[savedmodel] class LocalModels(folder: Path, limit: Long) {
  private val log = LoggerFactory.getLogger(getClass)
  private val store = new HostStore(folder)

  /**
   * Gives the model's folder to `body`, after it was brought, if it was not there.
   *
   * @param key
   *   tells the model from others: another content has another
   * @param bring
   *   writes the files into an empty folder
   * @throws DiskException
   *   if the local disk does not take them
   */
  def use[A](key: String, bring: Path => Unit)(body: Path => A): A =
    store.use(key)(bring) { model =>
      // Another JVM can be removing what is looked at here: then it makes room, and not this one.
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
   * The files of a folder written into another, with their times.
   *
   * @throws DiskException
   *   if they cannot be written; what cannot be read is another exception
   */
  def copy(from: ModelFolder, to: Path): Unit = copy(from, to, _ => true)

  /** The same, of the files that are chosen. */
  def copy(from: ModelFolder, to: Path, isChosen: ModelFile => Boolean): Unit =
    from.files.filter(isChosen).foreach(copy(from, _, to))

  /**
   * The same, but the variables' data are there by their names, lengths and times alone: files
   * without bytes, which take no room.
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
          // Files of this disk are read and written to their end, whoever interrupts.
          Stopped.check()
          DiskException.of(out.write(buffer, 0, length))
          length.toLong
        }
        .sum
    } finally DiskException.of(out.close())
  }
}
