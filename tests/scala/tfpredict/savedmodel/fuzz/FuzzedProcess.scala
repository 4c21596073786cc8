package tfpredict.savedmodel.fuzz

import java.io.{BufferedReader, IOException, InputStreamReader, PrintStream}
import java.nio.file.{Files, Path}
import java.util.concurrent.{LinkedBlockingQueue, TimeUnit}

import scala.collection.JavaConverters._

import tfpredict.ChildJvm

/** The outcome of a case. */
sealed trait Outcome

object Outcome {

  /** The adapter refuses such a model. */
  final case class Refused(why: String) extends Outcome
  case object Ran extends Outcome

  /** The runtime refused it, as it should. */
  final case class Failed(message: String) extends Outcome

  /** The process crashed. */
  final case class Died(how: String) extends Outcome

  /**
   * The process crashed for lack of memory. The runtime's last message, before any failed check,
   * says that a tensor could not be allocated.
   */
  final case class Starved(how: String) extends Outcome

  /** The process did not answer and was killed. */
  case object Hung extends Outcome

  /** Whether the process has ended. */
  def isEnd(outcome: Outcome): Boolean = outcome match {
    case Died(_) | Starved(_) | Hung => true
    case Refused(_) | Ran | Failed(_) => false
  }
}

/**
 * A child JVM that is restarted when it crashes. Its memory is limited, so that excessive requests
 * fail.
 *
 * @param seconds
 *   timeout for an answer
 */
final class FuzzedProcess(
    folder: Path,
    seconds: Long,
    fence: Fence = Fence.None,
    program: FuzzedProgram = FuzzedProgram.ops
) extends AutoCloseable {
  import Outcome._

  private var process: Process = _
  private var lines: LinkedBlockingQueue[String] = _
  private var input: PrintStream = _
  private val errors = Files.createTempFile(folder, "child-", ".txt")
  private var ran = 0
  private val End = "end of output"
  start()

  /** Whether the process has run nothing else yet. */
  def isFresh: Boolean = ran == 0

  /**
   * Runs a case.
   *
   * @param times
   *   a factor for the timeout
   */
  def run(named: FuzzedCase, times: Int = 1): Outcome = ask(named.toString, times) match {
    case Right(text) if text.startsWith("refused ") => Refused(text.drop(8))
    case Right("ok") => Ran
    case Right(text) => Failed(text)
    case Left(end) => end
  }

  /** Sends a line. Returns the answer, or the way in which the process ended. */
  def ask(line: String, times: Int = 1): Either[Outcome, String] = {
    ran += 1
    input.println(line)
    input.flush()
    answer(System.nanoTime + times * seconds * 1000000000L).toRight {
      val hasEnded = process.waitFor(if (ended) 20 else 0, TimeUnit.SECONDS)
      val outcome = if (!hasEnded) Hung else if (hadNoMemory) Starved(how()) else Died(how())
      restart()
      outcome
    }
  }

  /** Kills the process, as a crash would. */
  def kill(): Unit = {
    process.destroyForcibly().waitFor()
    ()
  }

  /** Starts a new process. */
  def restart(): Unit = {
    close()
    start()
  }

  override def close(): Unit = kill()

  private def start(): Unit = {
    val options = Seq(
      s"-Xmx${program.heap}m",
      "-Xss2m",
      "-XX:-CreateCoredumpOnCrash",
      "-XX:TieredStopAtLevel=1"
    ) ++
      Seq("-XX:ErrorFile=/dev/null", "-XX:+DisplayVMOutputToStderr", "-Djava.awt.headless=true") ++
      Seq(
        "-XX:CompressedClassSpaceSize=64m",
        "-XX:ReservedCodeCacheSize=64m",
        "-Xshare:auto",
        "-XX:+UseSerialGC"
      )
    val command = ChildJvm.command(options ++ program.options, program.main)
    val bounded =
      Seq("bash", "-c", s"""ulimit -c 0; ulimit -v ${program.addresses}; exec "$$@"""", "-")
    val builder = new ProcessBuilder((bounded ++ command).asJava)
    builder.environment.put("TF_CPP_MIN_LOG_LEVEL", "1")
    builder.environment.put("MALLOC_ARENA_MAX", "2")
    builder.environment.put("MALLOC_PERTURB_", "165")
    fence.environment.foreach { case (name, value) => builder.environment.put(name, value) }
    builder.redirectError(errors.toFile)
    process = builder.start()
    input = new PrintStream(process.getOutputStream)
    lines = new LinkedBlockingQueue[String]
    ran = 0
    ended = false
    read(process, lines)
    require(answer(System.nanoTime + 120L * 1000000000L).contains("ready"), s"no process: ${how()}")
  }

  @volatile private var ended = false
  private def read(from: Process, to: LinkedBlockingQueue[String]): Unit = {
    val reader = new Thread(() => {
      val output = new BufferedReader(new InputStreamReader(from.getInputStream, "ISO-8859-1"))
      try Iterator.continually(output.readLine()).takeWhile(_ != null).foreach { line =>
          if (line.startsWith(FuzzChild.Mark)) to.put(line.drop(FuzzChild.Mark.length))
        }
      catch { case _: IOException => () } // it was ended from here
      finally to.put(End)
    })
    reader.setDaemon(true)
    reader.start()
  }

  private def answer(until: Long): Option[String] = {
    val line = Option(lines.poll(until - System.nanoTime, TimeUnit.NANOSECONDS))
    if (line.contains(End)) ended = true
    line.filter(_ != End)
  }

  private def said(): Seq[String] =
    new String(Files.readAllBytes(errors), "ISO-8859-1").split('\n').toSeq.takeRight(400)

  /* The runtime reports it for tensors, and C++ for texts and lists. Code that continues without
   * the tensor may then fail a check, which ends the process. */
  private def hadNoMemory: Boolean = {
    val words = said()
    val ofRuntime =
      words.filter(line => line.contains(" tensorflow/") && !line.contains(": F tensorflow/"))
    words.exists(_.contains("std::bad_alloc")) ||
    ofRuntime.lastOption.exists(_.contains("OOM when allocating"))
  }

  // The last message of the process: a failed check, an exception, or the location of a signal.
  private def how(): String = {
    val text = said()
    val told = Seq(
      "Check failed",
      "terminate called",
      "what():",
      "SIG",
      "Assert",
      "assert",
      "free()",
      "malloc"
    )
    val found =
      text.filter(line => told.exists(line.contains)).take(3).map(_.replaceAll("^.*Check", "Check"))
    val frame = text.dropWhile(!_.contains("Problematic frame")).slice(1, 2)
    val exit = if (process.isAlive) "" else s"exit ${process.exitValue}: "
    exit + (found ++ frame).map(_.replaceAll(
      "[\\x00-\\x1f\\t|]",
      " "
    ).trim).mkString("; ").take(400)
  }
}
