package tfpredict.model

import java.io.{File, IOException, ObjectInputStream, ObjectOutputStream}
import java.net.{URLClassLoader, URLDecoder}
import java.nio.charset.StandardCharsets
import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.TimeUnit.MILLISECONDS

import scala.util.Try

import org.apache.spark.{TaskContext, TaskKilledException}

import tfpredict.savedmodel.ModelStore
import tfpredict.{HostFolder, ModelSpec, ProcessFolders, Settings, TfpredictException}

/** Tries a model in a process of its own, which is [[TrialMain]]'s, from a task. */
private[model] object TrialProcess {

  /** How long the process may take, in seconds. */
  private val Limit = 600L

  /** Why the model is refused, if it is. */
  def run(spec: ModelSpec, settings: Settings): Option[Refusal] =
    try ModelStore.use(spec, settings) { directory =>
        val folder = ProcessFolders.in(HostFolder.place(settings)).make("trial")
        try run(Tried(spec, settings, directory.toString), folder)
        finally HostFolder.delete(folder)
      }
    catch {
      case refused: TfpredictException => Some(Refusal(refused.expected, refused.found))
      case failed: IOException => Some(Refusal("a process of its own to try it in", s"$failed"))
    }

  private def run(tried: Tried, folder: Path): Option[Refusal] = {
    val (answer, log) = (folder.resolve("answer"), folder.resolve("log"))
    val builder = new ProcessBuilder(command(answer): _*)
      .directory(folder.toFile)
      .redirectErrorStream(true)
      .redirectOutput(log.toFile)
    // Longer than what `ps` should show.
    builder.environment.put("CLASSPATH", classPath)
    val process = builder.start()
    try {
      // Its input stays open: it ends when this process does.
      val asked = new ObjectOutputStream(process.getOutputStream)
      // One that has ended already is judged by its status.
      Try { asked.writeObject(tried); asked.flush() }
      val ended = await(process)
      if (Files.isRegularFile(answer)) read(answer)
      else if (!ended) Some(Refusal(Expected, s"one that goes on after $Limit s"))
      else
        Some(Refusal(Expected, s"one that ended with status ${process.exitValue}${last(log)}"))
    } finally process.destroyForcibly().waitFor()
  }

  private val Expected = "a process that loads the model, replays its examples and lives"

  private def await(process: Process): Boolean = {
    val until = System.nanoTime + Limit * 1000000000L
    var ended = false
    while (!ended && System.nanoTime < until) {
      ended = process.waitFor(100, MILLISECONDS)
      if (Option(TaskContext.get).exists(_.isInterrupted())) throw new TaskKilledException("killed")
    }
    ended
  }

  private def read(answer: Path): Option[Refusal] = {
    val stream = new ObjectInputStream(Files.newInputStream(answer))
    try stream.readObject() match { case Answer(refusal) => refusal }
    finally stream.close()
  }

  // What it printed before it ended, where it printed something.
  private def last(log: Path): String = {
    val bytes = Try(Files.readAllBytes(log)).getOrElse(Array.empty[Byte])
    val lines = new String(bytes, StandardCharsets.UTF_8).split("\n").map(_.trim).filter(_.nonEmpty)
    // The runtime names what it dies of in a line of this kind; the JVM's own report follows.
    lines.find(_.matches(".*: F .*")).orElse(lines.headOption).fold("")(line =>
      s": ${line.take(500)}"
    )
  }

  private def command(answer: Path): Seq[String] = Seq(
    Paths.get(System.getProperty("java.home"), "bin", "java").toString,
    s"-Xmx${Runtime.getRuntime.maxMemory >> 20}m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    s"-Djava.io.tmpdir=${System.getProperty("java.io.tmpdir")}",
    s"-Duser.name=${System.getProperty("user.name")}",
    "tfpredict.model.TrialMain",
    answer.toString
  )

  /* That of this JVM, and the jars that Spark has added to it since. Absolute, since the process is
   * in a folder of its own, which takes what a dying one leaves. */
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

/** What a process is to try: the model's files are in the folder, whole. */
final private[model] case class Tried(spec: ModelSpec, settings: Settings, directory: String)

/** What it found. */
final private[model] case class Answer(refusal: Option[Refusal])
