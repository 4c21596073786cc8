package tfpredict.model

import java.io.{NotSerializableException, ObjectInputStream, ObjectOutputStream}
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.{Files, Path, Paths}

import scala.util.{Failure, Try}

/**
 * The process that [[ModelProcess]] starts: answers one question, and writes the answer into a
 * file, since a model may print. It ends when whoever started it does.
 */
object ModelProcessMain {
  def main(args: Array[String]): Unit = {
    val stream = new ObjectInputStream(System.in)
    val question = stream.readObject().asInstanceOf[Question[_]]
    endWithInput(stream)
    // Not only what is no danger: no memory is an answer too.
    val found =
      try Try(question.answer())
      catch { case failed: Throwable => Failure(failed) }
    try write(found, Paths.get(args.head))
    catch {
      case _: NotSerializableException =>
        write(found.recoverWith { case failed => told(failed) }, Paths.get(args.head))
    }
    // The runtime's threads, and the one that waits for input, are not waited for.
    Runtime.getRuntime.halt(0)
  }

  // Without its causes, one of which cannot be sent.
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
