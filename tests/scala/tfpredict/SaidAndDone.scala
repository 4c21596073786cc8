package tfpredict

import scala.util.control.NonFatal

import tfpredict.engine.{EngineException, Fault}
import tfpredict.messages.OneLine
import tfpredict.model.{
  Difference,
  ModelCache,
  ModelDescription,
  ModelFunction,
  ModelInspector,
  ModelVerifier
}
import tfpredict.savedmodel.adapt.{ExampleFile, Examples}
import tfpredict.savedmodel.store.ModelStore
import tfpredict.tensor.HostTensor

/**
 * Compares the report of `inspect` on a signature with the outcome of registering and running it.
 *
 * @param said
 *   the reported reason that it cannot run. None if the report says that it can.
 * @param done
 *   the reason that it was refused or failed, or that it gave different results for the same rows
 *   without being reported as random. None if it ran.
 */
final case class SaidAndDone(signature: String, said: Option[String], done: Option[String]) {
  def agree: Boolean = said.isEmpty == done.isEmpty
}

object SaidAndDone {

  /** Compares each signature, run on its examples or on made-up rows. */
  def of(model: ModelSpec, settings: Settings = Settings.default): Seq[SaidAndDone] =
    failure(ModelInspector.inspect(model, settings)) match {
      case Left(why) =>
        Seq(SaidAndDone("", Some(why), failure(ModelDescription.of(model, settings)).left.toOption))
      case Right(info) =>
        val kept = ModelStore.use(info.spec, settings)(ExampleFile.read(info.spec, _))
        for (signature <- info.signatures) yield {
          val spec = info.spec.copy(signature = signature.name, outputs = Nil)
          val done = failure(run(spec, settings, kept.find(_.signature == signature.name)) {
            (found, again) =>
              // A signature that is not reported as random must repeat its results.
              val same = found.zip(again).forall { case (one, other) => isSame(one, other) }
              require(signature.random || same, "two answers to the same rows")
          })
          SaidAndDone(signature.name, signature.refusals.headOption, done.left.toOption)
        }
    }

  private def run(spec: ModelSpec, settings: Settings, examples: Option[Examples])(
      check: (Seq[HostTensor], Seq[HostTensor]) => Unit
  ): Unit = {
    val described = ModelDescription.of(spec, settings)
    val lease = ModelCache.shared.acquire(described.spec, settings)
    try {
      val function = lease.model.function(described.spec)
      examples match {
        case Some(kept) =>
          val rows = function.signature.inputs.map(input => kept.inputs(input.name))
          check(function.engine.run(rows), function.engine.run(rows))
        case None => runMadeUp(function)
      }
    } finally lease.close()
  }

  // A model that runs may still reject made-up rows.
  private def runMadeUp(function: ModelFunction): Unit =
    try { function.engine.run(function.signature.inputs.map(MadeUpRows.of)); () }
    catch {
      case bad: EngineException if bad.fault == Fault.Row || bad.fault == Fault.Unclear => ()
    }

  private def isSame(one: HostTensor, other: HostTensor): Boolean =
    Difference.between(one, other) <= ModelVerifier.Tolerance

  private def failure[A](body: => A): Either[String, A] =
    try Right(body)
    catch { case NonFatal(failed) => Left(OneLine.of(String.valueOf(failed.getMessage))) }
}
