package tfpredict

import scala.util.control.NonFatal

import tfpredict.model.{ModelCache, ModelDescription, ModelInspector, ModelVerifier}
import tfpredict.savedmodel.{ExampleFile, Examples, ModelStore}

/**
 * What `inspect` says of a signature, beside what happens when it is registered and run.
 *
 * @param said
 *   why it cannot run; none where it is said to run
 * @param done
 *   why it was refused, failed, or gave two answers to the same rows and was not said to be random;
 *   none where it ran
 */
final case class SaidAndDone(signature: String, said: Option[String], done: Option[String]) {
  def agree: Boolean = said.isEmpty == done.isEmpty
}

object SaidAndDone {

  /** Of each signature, run on its examples or on rows that are made up. */
  def of(model: ModelSpec, settings: Settings = Settings.default): Seq[SaidAndDone] =
    attempt(ModelInspector.inspect(model, settings)) match {
      case Left(why) =>
        Seq(SaidAndDone("", Some(why), attempt(ModelDescription.of(model, settings)).left.toOption))
      case Right(info) =>
        val kept = ModelStore.use(info.spec, settings)(ExampleFile.read(info.spec, _))
        for (signature <- info.signatures) yield {
          val spec = info.spec.copy(signature = signature.name, outputs = Nil)
          val examples = kept.find(_.signature == signature.name)
          SaidAndDone(
            signature.name,
            signature.refusals.headOption,
            attempt(run(spec, settings, examples, signature.random)).left.toOption
          )
        }
    }

  private def run(
      spec: ModelSpec,
      settings: Settings,
      examples: Option[Examples],
      random: Boolean
  ): Unit = {
    val described = ModelDescription.of(spec, settings)
    val lease = ModelCache.shared.acquire(described.spec, settings)
    try {
      val function = lease.model.function(described.spec)
      val rows = function.signature.inputs.map { input =>
        examples.map(_.inputs(input.name)).getOrElse(MadeUpRows.of(input))
      }
      val found = function.engine.run(rows)
      // What a model says of itself holds for those who ask it twice.
      if (!random && examples.isDefined) {
        val again = function.engine.run(rows)
        require(found.zip(again).forall(Function.tupled(isSame)), "two answers to the same rows")
      }
    } finally lease.close()
  }

  private def isSame(one: HostTensor, other: HostTensor): Boolean =
    model.Difference.between(one, other) <= ModelVerifier.Tolerance

  private def attempt[A](body: => A): Either[String, A] =
    try Right(body)
    catch { case NonFatal(failed) => Left(OneLine.of(String.valueOf(failed.getMessage))) }
}
