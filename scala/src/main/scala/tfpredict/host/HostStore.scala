package tfpredict.host

import java.io.IOException
import java.nio.channels.{FileChannel, FileLock, OverlappingFileLockException}
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.{CREATE, READ, WRITE}
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.locks.ReentrantLock

import scala.annotation.tailrec
import scala.collection.JavaConverters._
import scala.util.Try

import org.slf4j.LoggerFactory

/**
 * Folders on this host's disk that are brought once for all JVMs of one user. A folder here is
 * whole, whatever was killed on the way: it gets its name when all its files are there and checked.
 *
 * A lock on a file beside it is held by whoever brings it, and shared by those who read, so that
 * nobody removes it meanwhile.
 *
 * @param folder
 *   this user's alone
 */
final private[tfpredict] class HostStore(folder: Path) {
  import HostStore._

  private val log = LoggerFactory.getLogger(getClass)

  /**
   * Gives a folder to `body`, after it was brought, if it was not there.
   *
   * @param key
   *   its name: another content has another
   * @param isWhole
   *   whether a folder has all that was brought; one that lost something is brought again
   * @param bring
   *   writes the files into an empty folder
   * @throws DiskException
   *   if it cannot be written
   * @throws java.io.IOException
   *   if it is not whole when it has been
   */
  def use[A](key: String, isWhole: Path => Boolean = Files.isDirectory(_))(bring: Path => Unit)(
      body: Path => A
  ): A = {
    DiskException.of(Files.createDirectories(folder))
    // A lock on a file is a JVM's; its threads wait for each other here.
    val threads = threadsOf(folder.resolve(key))
    threads.lock()
    try {
      val channel = DiskException.of(FileChannel.open(lockFile(key), CREATE, READ, WRITE))
      try read(new Brought(key, isWhole, bring), channel, isCleared = false)(body)
      finally channel.close()
    } finally threads.unlock()
  }

  /** The folders that were brought. */
  def all: Seq[Path] =
    entries.filter(entry => Files.isDirectory(entry) && !isIncoming(entry))

  /** Deletes a folder if nobody uses it; says whether it did. */
  def remove(brought: Path): Boolean = {
    /* Asked before the file is opened: closing it would give up the lock that another thread of
     * this JVM holds. */
    val threads = threadsOf(brought)
    threads.tryLock() && {
      try {
        val channel = FileChannel.open(lockFile(brought.getFileName.toString), CREATE, WRITE)
        try {
          val lock: Option[FileLock] =
            try Option(channel.tryLock())
            catch { case _: OverlappingFileLockException => None }
          lock.foreach(_ => HostFolder.delete(brought))
          lock.isDefined
        } finally channel.close()
      } finally threads.unlock()
    }
  }

  // All who find it there read at once; who does not brings it, while the others wait.
  @tailrec private def read[A](brought: Brought, channel: FileChannel, isCleared: Boolean)(
      body: Path => A
  ): A = {
    val reading = lock(channel, isShared = true)
    val found =
      try
        if (brought.isThere && (isCleared || leftovers(brought.key).isEmpty)) {
          touch(brought.target)
          Some(body(brought.target))
        } else None
      finally reading.release()
    found match {
      case Some(result) => result
      case None =>
        val writing = lock(channel, isShared = false)
        try {
          // Nobody else brings it now, so that what is half there was left by the dead.
          leftovers(brought.key).foreach(left => Try(HostFolder.delete(left)))
          removeOldLeftovers()
          if (!brought.isThere) brought.put()
        } finally writing.release()
        // Another JVM can make room between the two locks.
        read(brought, channel, isCleared = true)(body)
    }
  }

  private class Brought(val key: String, isWhole: Path => Boolean, bring: Path => Unit) {
    val target: Path = folder.resolve(key)

    def isThere: Boolean = Files.isDirectory(target) && isWhole(target)

    def put(): Unit = {
      val prefix = s"$Incoming${ProcessFolders.pid}-$key-"
      val incoming = DiskException.of(Files.createTempDirectory(folder, prefix))
      try {
        bring(incoming)
        if (!isWhole(incoming))
          throw new IOException(s"what was fetched for $target is not complete")
        if (Files.exists(target)) {
          log.warn("{} is no longer complete and is fetched again", target)
          HostFolder.delete(target)
        }
        DiskException.of(Files.move(incoming, target, ATOMIC_MOVE))
        log.info("Fetched {}", target)
      } finally if (Files.exists(incoming)) HostFolder.delete(incoming)
    }
  }

  /* What JVMs were bringing when they were killed. Of another key's nobody here knows whether it is
   * still coming. */
  private def removeOldLeftovers(): Unit =
    for (left <- entries if isIncoming(left) && ProcessFolders.isLeft(left))
      Try(HostFolder.delete(left))

  private def leftovers(key: String): Seq[Path] =
    entries.filter(_.getFileName.toString match {
      case Named(found) => found == key
      case _ => false
    })

  private def touch(target: Path): Unit =
    DiskException.of(
      Files.setLastModifiedTime(target, FileTime.fromMillis(System.currentTimeMillis))
    )

  private def lockFile(key: String): Path = folder.resolve(s"$key.lock")

  private def entries: Seq[Path] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.toList
    finally listed.close()
  }
}

private object HostStore {
  private val locks = new ConcurrentHashMap[Path, ReentrantLock]

  private val Incoming = ".incoming-"

  // Ends in what `createTempDirectory` adds.
  private val Named = """\.incoming-[^-]+-(.+)-\d+""".r

  private def isIncoming(entry: Path): Boolean = entry.getFileName.toString.startsWith(Incoming)

  private def threadsOf(target: Path): ReentrantLock =
    locks.computeIfAbsent(target.toAbsolutePath.normalize, _ => new ReentrantLock)

  @tailrec private def lock(channel: FileChannel, isShared: Boolean): FileLock = {
    val held =
      try Some(DiskException.of(channel.lock(0, Long.MaxValue, isShared)))
      catch { case _: OverlappingFileLockException => None }
    held match {
      case Some(lock) => lock
      case None =>
        // Another class loader of this JVM has it, which a file's lock does not wait for.
        Thread.sleep(20)
        lock(channel, isShared)
    }
  }
}
