package tfpredict.model

import java.io.{File, IOException, ObjectInputStream, ObjectOutputStream}
import java.net.{URLClassLoader, URLDecoder}
import java.nio.charset.StandardCharsets
import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.TimeUnit.MILLISECONDS

import scala.util.Try

import org.apache.spark.{TaskContext, TaskKilledException}

import tfpredict.host.{HostFolder, ProcessFolders}
import tfpredict.messages.ErrorClass
import tfpredict.{ModelLoadException, ModelSpec, Settings}

/** A computation for a separate process. Both the question and its answer are serialized. */
private[tfpredict] trait Question[A] extends Serializable {
  def answer(): A
}

/**
 * Answers a question about a model in a separate process, which runs [[ModelProcessMain]]. If the
 * model crashes that process, this JVM is not affected.
 */
private[tfpredict] object ModelProcess {

  /** The process's timeout in seconds. */
  private val Limit = 600L

  /**
   * Returns the answer, or throws the exception of `answer`.
   *
   * @param purpose
   *   the purpose of the process, for an error's message
   * @throws ModelLoadException
   *   if the process ends without an answer
   */
  def ask[A](spec: ModelSpec, settings: Settings, purpose: String)(question: Question[A]): A = {
    def refuse(expected: String, found: String, cause: IOException = null): Nothing =
      throw new ModelLoadException(
        ErrorClass.ModelProcess,
        spec.label,
        expected,
        found,
        "Do not use this version. Export the model again.",
        cause
      )
    try {
      val folder = ProcessFolders.in(HostFolder.place(settings)).make("process")
      try ask(
          question,
          folder
        ).fold(found => refuse(s"a process that $purpose, and answers", found), _.get)
      finally HostFolder.delete(folder)
    } catch {
      case failed: IOException => refuse("a process that can be started", s"$failed", failed)
    }
  }

  private def ask[A](question: Question[A], folder: Path): Either[String, Try[A]] = {
    val (answer, log) = (folder.resolve("answer"), folder.resolve("log"))
    val builder = new ProcessBuilder(command(answer): _*)
      .directory(folder.toFile)
      .redirectErrorStream(true)
      .redirectOutput(log.toFile)
    // Set here since it is too long for the command line that `ps` shows.
    builder.environment.put("CLASSPATH", classPath)
    val process = builder.start()
    try {
      // The process ends when this input is closed, so it stays open.
      val asked = new ObjectOutputStream(process.getOutputStream)
      // Ignores a failure: if the process has already ended, its exit status is reported.
      Try { asked.writeObject(question); asked.flush() }
      val ended = await(process)
      if (Files.isRegularFile(answer)) Right(read(answer))
      else if (!ended) Left(s"no answer after $Limit s")
      else Left(s"that it exited with status ${process.exitValue}${last(log)}")
    } finally process.destroyForcibly().waitFor()
  }

  private def await(process: Process): Boolean = {
    val until = System.nanoTime + Limit * 1000000000L
    var ended = false
    while (!ended && System.nanoTime < until) {
      ended = process.waitFor(100, MILLISECONDS)
      if (Option(TaskContext.get()).exists(_.isInterrupted()))
        throw new TaskKilledException("killed")
    }
    ended
  }

  private def read[A](answer: Path): Try[A] = {
    val stream = new ObjectInputStream(Files.newInputStream(answer))
    try stream.readObject().asInstanceOf[Try[A]]
    finally stream.close()
  }

  // What it printed before it ended.
  private def last(log: Path): String = {
    val bytes = Try(Files.readAllBytes(log)).getOrElse(Array.empty[Byte])
    val lines = new String(bytes, StandardCharsets.UTF_8).split("\n").map(_.trim).filter(_.nonEmpty)
    // The runtime gives its fatal error in such a line. The JVM's own crash report follows.
    lines.find(_.matches(".*: F .*")).orElse(lines.headOption).fold(" and printed nothing")(line =>
      s" and printed: ${line.take(500)}"
    )
  }

  private def command(answer: Path): Seq[String] = Seq(
    Paths.get(System.getProperty("java.home"), "bin", "java").toString,
    s"-Xmx${Runtime.getRuntime.maxMemory >> 20}m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    s"-Djava.io.tmpdir=${System.getProperty("java.io.tmpdir")}",
    s"-Duser.name=${System.getProperty("user.name")}",
    "tfpredict.model.ModelProcessMain",
    answer.toString
  )

  /* Returns this JVM's class path, including the jars that Spark has added since. The paths are
   * absolute, since the process runs in a folder of its own, where a crash leaves its files. */
  private def classPath: String = {
    val loaders = Seq(Thread.currentThread.getContextClassLoader, getClass.getClassLoader)
    val added = for {
      first <- loaders
      loader <- Iterator.iterate(first)(_.getParent).takeWhile(_ != null)
      jars <- Option(loader).collect { case jars: URLClassLoader => jars.getURLs.toSeq }.toSeq
      jar <- jars if jar.getProtocol == "file"
    } yield URLDecoder.decode(jar.getPath, "UTF-8")
    val own = System.getProperty("java.class.path").split(File.pathSeparator).toSeq
    (own ++ added).filter(_.nonEmpty).map(new File(_).getAbsolutePath).distinct.mkString(
      File.pathSeparator
    )
  }
}
