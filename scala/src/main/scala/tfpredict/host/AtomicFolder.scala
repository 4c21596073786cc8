package tfpredict.host

import java.nio.file.{Files, Path}
import java.util.UUID
import java.util.concurrent.{CountDownLatch, TimeUnit}

import scala.collection.JavaConverters._
import scala.util.Try

/**
 * Writes a folder completely or not at all: first under a hidden name beside it, and then by a
 * rename. If the JVM is asked to exit meanwhile, the hidden folder is removed. A JVM that is killed
 * outright leaves it.
 */
private[tfpredict] object AtomicFolder {

  /**
   * Calls `fill` with an empty folder, and renames the folder to `target` when `fill` returns. If
   * the JVM exits meanwhile, the thread is interrupted, and `fill` has a few seconds to react.
   *
   * @param target
   *   an absolute path. It is missing, empty, or may be replaced.
   * @throws DiskException
   *   if the folder cannot be created or renamed. Exceptions of `fill` are passed on.
   */
  def write[A](target: Path)(fill: Path => A): A = {
    val beside = Iterator.iterate(target.getParent)(_.getParent).find(Files.isDirectory(_)).get
    val mark = s".${target.getFileName}-${UUID.randomUUID.toString.take(8)}"
    val (temporary, aside) = (beside.resolve(s"$mark.tmp"), beside.resolve(s"$mark.old"))
    undoneAtTheEnd {
      try {
        DiskException.of(Files.createDirectory(temporary))
        val result = fill(temporary)
        Stopped.check()
        DiskException.of {
          Files.createDirectories(target.getParent)
          publish(temporary, target, aside)
        }
        result
      } finally Seq(temporary, aside).filter(Files.exists(_)).foreach(HostFolder.delete)
    }
  }

  /** Whether the folder can be replaced without losing anything. */
  def isFree(target: Path): Boolean =
    !Files.exists(target) || Files.isDirectory(target) && names(target).isEmpty

  /** Returns the names of a folder's entries. */
  def names(folder: Path): Seq[String] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.map(_.getFileName.toString).toList.sorted
    finally listed.close()
  }

  private def publish(temporary: Path, target: Path, aside: Path): Unit = {
    // Fails if the folder has been filled meanwhile.
    if (Files.exists(target) && isFree(target)) Files.delete(target)
    val isReplaced = Files.exists(target)
    if (isReplaced) Files.move(target, aside)
    try {
      Files.move(temporary, target)
      ()
    } catch {
      case failed: Throwable =>
        if (isReplaced) Files.move(aside, target)
        throw failed
    }
  }

  // The writing thread also removes its files, so that nothing is written after they are removed.
  private def undoneAtTheEnd[A](body: => A): A = {
    val writer = Thread.currentThread
    val isUndone = new CountDownLatch(1)
    val hook = new Thread("tfpredict-undo") {
      override def run(): Unit = {
        writer.interrupt()
        isUndone.await(Patience, TimeUnit.SECONDS)
        ()
      }
    }
    Runtime.getRuntime.addShutdownHook(hook)
    try body
    finally {
      isUndone.countDown()
      // Fails while the JVM exits, since the hook then runs already.
      Try(Runtime.getRuntime.removeShutdownHook(hook))
    }
  }

  private val Patience = 4L
}
