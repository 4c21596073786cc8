package tfpredict.savedmodel

import java.io.{IOException, InputStream}
import java.lang.management.ManagementFactory
import java.nio.channels.{FileChannel, FileLock, OverlappingFileLockException}
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.{CREATE, CREATE_NEW, READ, WRITE}
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.ConcurrentHashMap

import scala.annotation.tailrec
import scala.collection.JavaConverters._
import scala.util.Try
import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

import tfpredict.HostFolder

/**
 * Models that were brought to this host's disk, once for all JVMs of one user. A folder there is
 * whole, whatever was killed on the way: it gets its name when all its files are there and checked.
 *
 * A lock on a file beside it is held by whoever brings it, and by whoever reads it, so that nobody
 * removes it meanwhile.
 *
 * @param folder
 *   this user's alone
 * @param limit
 *   bytes that all of them may take; the one that is used is always kept
 */
final private[savedmodel] class LocalModels(folder: Path, limit: Long) {
  private val log = LoggerFactory.getLogger(getClass)

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
  def use[A](key: String, bring: Path => Unit)(body: Path => A): A = {
    DiskException.of(Files.createDirectories(folder))
    val target = folder.resolve(key)
    // A lock on a file is a JVM's; its threads wait for each other here.
    LocalModels.monitors.computeIfAbsent(target, _ => new Object).synchronized {
      val lock = folder.resolve(s"$key.lock")
      val channel = DiskException.of(FileChannel.open(lock, CREATE, READ, WRITE))
      try read(channel, target, bring)(body)
      finally channel.close()
    }
  }

  // One brings, the others wait; then all read at once.
  @tailrec private def read[A](channel: FileChannel, target: Path, bring: Path => Unit)(
      body: Path => A
  ): A = {
    val writing = DiskException.of(channel.lock())
    try {
      if (!Files.isDirectory(target)) {
        removeLeftovers()
        put(target, bring)
      }
      val now = FileTime.fromMillis(System.currentTimeMillis)
      DiskException.of(Files.setLastModifiedTime(target, now))
      // Another JVM can be removing what is looked at here: then it makes room, and not this one.
      try makeRoom(except = target)
      catch { case NonFatal(raced) => log.info(s"Making room in $folder was left", raced) }
    } finally writing.release()
    val reading = DiskException.of(channel.lock(0, Long.MaxValue, true))
    val found =
      try if (Files.isDirectory(target)) Some(body(target)) else None
      finally reading.release()
    // Another JVM can have made room between the two locks.
    found match {
      case Some(result) => result
      case None => read(channel, target, bring)(body)
    }
  }

  private def put(target: Path, bring: Path => Unit): Unit = {
    val prefix = s"${LocalModels.Incoming}${LocalModels.pid}-"
    val incoming = DiskException.of(Files.createTempDirectory(folder, prefix))
    try {
      bring(incoming)
      DiskException.of(Files.move(incoming, target, ATOMIC_MOVE))
      log.info("Brought {}", target)
    } finally if (Files.exists(incoming)) HostFolder.delete(incoming)
  }

  /* What JVMs were bringing when they were killed. A process of another container may share the
   * disk and not the numbers of processes, so that an hour must have passed as well. */
  private def removeLeftovers(): Unit =
    for {
      left <- entries if left.getFileName.toString.startsWith(LocalModels.Incoming)
      pid = left.getFileName.toString.split("-")(1)
      isOld = System.currentTimeMillis - Files.getLastModifiedTime(left).toMillis > 3600000L
      if isOld && !Files.exists(Paths.get("/proc", pid))
    } Try(HostFolder.delete(left))

  private def makeRoom(except: Path): Unit = {
    val models = entries.filter(entry =>
      Files.isDirectory(entry) && !entry.getFileName.toString.startsWith(".")
    )
    val sizes = models.map(model => model -> ModelFolder.local(model).bytes).toMap
    var taken = sizes.values.sum
    for (model <- models.sortBy(Files.getLastModifiedTime(_)) if taken > limit && model != except)
      if (remove(model)) {
        log.info("Removed {}, which was used longest ago", model)
        taken -= sizes(model)
      }
  }

  private def remove(model: Path): Boolean = {
    val channel = FileChannel.open(folder.resolve(s"${model.getFileName}.lock"), CREATE, WRITE)
    try {
      val lock: Option[FileLock] =
        try Option(channel.tryLock())
        catch { case _: OverlappingFileLockException => None }
      lock.foreach { held =>
        try HostFolder.delete(model)
        finally held.release()
      }
      lock.isDefined
    } finally channel.close()
  }

  private def entries: Seq[Path] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.toList
    finally listed.close()
  }
}

private[savedmodel] object LocalModels {
  private val monitors = new ConcurrentHashMap[Path, Object]

  private val Incoming = ".incoming-"

  private lazy val pid = ManagementFactory.getRuntimeMXBean.getName.takeWhile(_ != '@')

  /**
   * The files of a folder written into another, with their times.
   *
   * @throws DiskException
   *   if they cannot be written; what cannot be read is another exception
   */
  def copy(from: ModelFolder, to: Path): Unit = from.files.foreach { file =>
    val target = to.resolve(file.name)
    val stream = from.open(file.name)
    val written =
      try write(stream, target)
      finally stream.close()
    if (written != file.length) {
      throw new IOException(s"$from/${file.name} has ${file.length} bytes, and $written came")
    }
    DiskException.of(Files.setLastModifiedTime(target, FileTime.fromMillis(file.modified)))
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
          DiskException.of(out.write(buffer, 0, length))
          length.toLong
        }
        .sum
    } finally DiskException.of(out.close())
  }
}
