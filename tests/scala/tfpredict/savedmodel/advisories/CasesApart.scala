package tfpredict.savedmodel.advisories

import java.nio.file.{Files, Path}
import java.util.concurrent.TimeUnit

import scala.annotation.tailrec
import scala.collection.JavaConverters._
import scala.collection.mutable

import tfpredict.ChildJvm
import tfpredict.savedmodel.fuzz.Fence

/**
 * Runs cases in separate JVMs. After a case that crashes its JVM, a new one continues with the
 * next.
 */
object CasesApart {

  /** The outcome of each case, constant and hidden: its result, or a crash. */
  def run(cases: Seq[OpCase], fence: Fence): Seq[(OpCase, String)] = {
    val file = Files.createTempFile("cases-", ".txt")
    try {
      Files.write(file, cases.map(_.line).asJava)
      val found = mutable.Map.empty[Int, String]
      var next = 0
      while (next < cases.size * 2) next = child(file, next, found, fence)
      (0 until cases.size * 2).map(at => cases(at / 2) -> found(at))
    } finally { Files.delete(file); () }
  }

  /** Returns false if the process prints nothing for longer than a case may take. */
  @tailrec private def ends(process: Process, log: Path, said: Long, since: Long): Boolean =
    if (process.waitFor(100, TimeUnit.MILLISECONDS)) true
    else {
      val now = Files.size(log)
      if (now != said) ends(process, log, now, System.nanoTime)
      else System.nanoTime - since < Silence && ends(process, log, said, since)
    }

  private val Silence = TimeUnit.SECONDS.toNanos(60)

  /**
   * Runs a JVM.
   *
   * @return
   *   the number of the next case
   */
  private def child(
      file: Path,
      first: Int,
      found: mutable.Map[Int, String],
      fence: Fence
  ): Int = {
    val log = Files.createTempFile("cases-", ".log")
    try {
      val options = Seq("-Xmx256m", "-XX:ErrorFile=/dev/null", "-XX:-CreateCoredumpOnCrash")
      val command =
        ChildJvm.command(options, CaseRunner.getClass.getName.stripSuffix("$"), s"$file", s"$first")
      val builder = new ProcessBuilder(command.asJava)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .redirectOutput(log.toFile)
      builder.environment.putAll(fence.environment.asJava)
      val process = builder.start()
      val isOver = ends(process, log, said = 0, System.nanoTime)
      if (!isOver) process.destroyForcibly().waitFor()
      var begun = Option.empty[Int]
      var last = first
      for (line <- scala.io.Source.fromFile(log.toFile, "ISO-8859-1").getLines())
        line.split(" ", 3) match {
          case Array("begin", number) =>
            begun = Some(number.toInt)
            last = number.toInt + 1
          case Array("end", number, said) if begun.contains(number.toInt) =>
            found(number.toInt) = said
            begun = None
          case _ =>
        }
      begun.foreach(number => found(number) = if (isOver) "ends its process" else "runs for ever")
      require(last > first, s"the process of the cases from $first on began none: see $log")
      last
    } finally { Files.delete(log); () }
  }
}
