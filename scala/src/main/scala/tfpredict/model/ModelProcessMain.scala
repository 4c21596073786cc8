package tfpredict.model

import java.io.{NotSerializableException, ObjectInputStream, ObjectOutputStream}
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.{Files, Path, Paths}

import scala.util.{Failure, Try}

/**
 * The main class of the process that [[ModelProcess]] starts. It answers one question. The answer
 * goes into a file, since a model may print to standard output. The process ends when its parent
 * does.
 */
object ModelProcessMain {
  def main(args: Array[String]): Unit = {
    val stream = new ObjectInputStream(System.in)
    val question = stream.readObject().asInstanceOf[Question[_]]
    endWithInput(stream)
    // Catches fatal errors too, since an out-of-memory error is an answer as well.
    val found =
      try Try(question.answer())
      catch { case failed: Throwable => Failure(failed) }
    try write(found, Paths.get(args.head))
    catch {
      case _: NotSerializableException =>
        write(found.recoverWith { case failed => told(failed) }, Paths.get(args.head))
    }
    // Does not wait for the runtime's threads, or for the one that reads the input.
    Runtime.getRuntime.halt(0)
  }

  // Replaces an exception that cannot be serialized.
  private def told(failed: Throwable): Failure[Nothing] =
    Failure(new RuntimeException(failed.toString))

  private def write(found: Try[Any], answer: Path): Unit = {
    val coming = answer.resolveSibling("coming")
    val out = new ObjectOutputStream(Files.newOutputStream(coming))
    try out.writeObject(found)
    finally out.close()
    Files.move(coming, answer, ATOMIC_MOVE)
    ()
  }

  private def endWithInput(input: ObjectInputStream): Unit = {
    val thread = new Thread(() =>
      try while (input.read() >= 0) ()
      finally Runtime.getRuntime.halt(1)
    )
    thread.setDaemon(true)
    thread.start()
  }
}
