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
 * Folders on this host's disk that are created once for all JVMs of one user. A folder gets its
 * final name only when all its files are written and checked. So it is always complete, even if a
 * process was killed while it was writing.
 *
 * Each folder has a lock file beside it. The writer holds the lock exclusively, and readers share
 * it, so that nobody removes a folder in use.
 *
 * @param folder
 *   the parent, which only this user can access
 */
final private[tfpredict] class HostStore(folder: Path) {
  import HostStore._

  private val log = LoggerFactory.getLogger(getClass)

  /**
   * Calls `body` with a folder, which is created first if it is missing.
   *
   * @param key
   *   the folder's name, different for different contents
   * @param isComplete
   *   whether a folder has all its files. An incomplete folder is created again.
   * @param fetch
   *   writes the files into an empty folder
   * @throws DiskException
   *   if the folder cannot be written
   * @throws java.io.IOException
   *   if the folder is still incomplete after `fetch`
   */
  def use[A](key: String, isComplete: Path => Boolean = Files.isDirectory(_))(fetch: Path => Unit)(
      body: Path => A
  ): A = {
    DiskException.of(Files.createDirectories(folder))
    // File locks belong to the JVM, so its threads need a lock among themselves.
    val threads = threadsOf(folder.resolve(key))
    threads.lock()
    try {
      val channel = DiskException.of(FileChannel.open(lockFile(key), CREATE, READ, WRITE))
      try read(new Fetched(key, isComplete, fetch), channel, isCleared = false)(body)
      finally channel.close()
    } finally threads.unlock()
  }

  /** Returns all complete folders. */
  def all: Seq[Path] =
    entries.filter(entry => Files.isDirectory(entry) && !isIncoming(entry))

  /** Deletes a folder unless it is in use. Returns whether it was deleted. */
  def remove(fetched: Path): Boolean = {
    /* Acquired before the file is opened. Closing the file would release a lock that another thread
     * of this JVM holds. */
    val threads = threadsOf(fetched)
    threads.tryLock() && {
      try {
        val channel = FileChannel.open(lockFile(fetched.getFileName.toString), CREATE, WRITE)
        try {
          val lock: Option[FileLock] =
            try Option(channel.tryLock())
            catch { case _: OverlappingFileLockException => None }
          lock.foreach(_ => HostFolder.delete(fetched))
          lock.isDefined
        } finally channel.close()
      } finally threads.unlock()
    }
  }

  // Readers share the lock. The first to find the folder missing creates it while the others wait.
  @tailrec private def read[A](fetched: Fetched, channel: FileChannel, isCleared: Boolean)(
      body: Path => A
  ): A = {
    val reading = lock(channel, isShared = true)
    val found =
      try
        if (fetched.isThere && (isCleared || leftovers(fetched.key).isEmpty)) {
          touch(fetched.target)
          Some(body(fetched.target))
        } else None
      finally reading.release()
    found match {
      case Some(result) => result
      case None =>
        val writing = lock(channel, isShared = false)
        try {
          // With the exclusive lock held, any partial folder was left by a killed process.
          leftovers(fetched.key).foreach(left => Try(HostFolder.delete(left)))
          removeOldLeftovers()
          if (!fetched.isThere) fetched.put()
        } finally writing.release()
        // Reads anew, since another JVM can delete the folder between the two locks.
        read(fetched, channel, isCleared = true)(body)
    }
  }

  private class Fetched(val key: String, isComplete: Path => Boolean, fetch: Path => Unit) {
    val target: Path = folder.resolve(key)

    def isThere: Boolean = Files.isDirectory(target) && isComplete(target)

    def put(): Unit = {
      val prefix = s"$Incoming${ProcessFolders.pid}-$key-"
      val incoming = DiskException.of(Files.createTempDirectory(folder, prefix))
      try {
        fetch(incoming)
        if (!isComplete(incoming))
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

  /* Deletes partial folders of killed JVMs. For other keys the lock is not held, so a folder must
   * be old and its process gone. */
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

  // `createTempDirectory` appends the number at the end.
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
        // Another class loader of this JVM holds the lock. File locks do not wait in that case.
        Thread.sleep(20)
        lock(channel, isShared)
    }
  }
}
