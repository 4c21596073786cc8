package tfpredict.host

import java.nio.file.{Files, Path}
import java.util.UUID
import java.util.concurrent.{CountDownLatch, TimeUnit}

import scala.collection.JavaConverters._
import scala.util.Try

/**
 * Writes a folder whole or not at all: into a hidden one beside it first, which is then renamed. A
 * JVM that is asked to end meanwhile removes the hidden one; one that is killed outright cannot.
 */
private[tfpredict] object WholeFolder {

  /**
   * Gives an empty folder to `fill`, and its name to it when that returns. Where the JVM ends
   * meanwhile the thread is interrupted; `fill` has a few seconds to see it.
   *
   * @param target
   *   absolute; missing, empty, or what may be removed
   * @throws DiskException
   *   if it cannot be made or renamed; what `fill` throws is thrown as it is
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

  /** Whether nothing is lost where another folder takes its place. */
  def isFree(target: Path): Boolean =
    !Files.exists(target) || Files.isDirectory(target) && names(target).isEmpty

  /** Names of what is in a folder. */
  def names(folder: Path): Seq[String] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.map(_.getFileName.toString).toList.sorted
    finally listed.close()
  }

  private def publish(temporary: Path, target: Path, aside: Path): Unit = {
    // What is not empty any more is not deleted by that.
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

  // The thread that writes also removes what it wrote: nothing is written behind its back.
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
      // Where the JVM ends, the hook runs and stays.
      Try(Runtime.getRuntime.removeShutdownHook(hook))
    }
  }

  private val Patience = 4L
}
