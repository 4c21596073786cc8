package tfpredict.model

import java.io.{ObjectInputStream, ObjectOutputStream}
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.{Files, Paths}

import tfpredict.TfpredictException
import tfpredict.session.TfJavaEngine

/**
 * The process that [[TrialProcess]] starts: loads a model, replays its examples, and writes what it
 * found into a file, since a model may print. It ends when whoever started it does.
 */
object TrialMain {
  def main(args: Array[String]): Unit = {
    val stream = new ObjectInputStream(System.in)
    val tried = stream.readObject().asInstanceOf[Tried]
    endWithInput(stream)
    val refusal =
      try {
        val loader = new ModelLoader(TfJavaEngine)
        loader.load(tried.spec, tried.settings, Paths.get(tried.directory)).close()
        None
      } catch {
        case refused: TfpredictException => Some(Refusal(refused.expected, refused.found))
        case failed: Throwable => Some(Refusal("a model that loads", failed.toString))
      }
    val answer = Paths.get(args.head)
    val coming = answer.resolveSibling("coming")
    val out = new ObjectOutputStream(Files.newOutputStream(coming))
    try out.writeObject(Answer(refusal))
    finally out.close()
    Files.move(coming, answer, ATOMIC_MOVE)
    // The runtime's threads, and the one that waits for input, are not waited for.
    Runtime.getRuntime.halt(0)
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
