package tfpredict.python

import java.nio.file.{Files, Paths, StandardCopyOption}
import java.util.{List => JList}

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.ObjectMapper
import org.apache.spark.SparkConf

import tfpredict.messages.ErrorClass
import tfpredict.model.{
  ModelInfo,
  ModelVerifier,
  SignatureInfo,
  VerifyReport
}
import tfpredict.savedmodel.draw.LayerInfo
import tfpredict.{ModelSpec, Settings, Tfpredict, TfpredictException}

/**
 * What Python runs as a process of its own, where there need be no SparkSession: a file for the
 * report, `inspect`, `layers`, `verify` or `adapt`, a path, a version (empty for the highest), tags
 * (each on a line) and the command's own words. The report is JSON, or the exception's class, its
 * error class and its message. It is not printed, since the model may print too, and it is complete
 * where the file is there.
 */
object Command {
  def main(args: Array[String]): Unit = {
    val Array(file, command, path, version, tags, own @ _*) = args
    endWithParent(isNative = command == "verify")
    val spec = ModelSpec(
      path,
      Some(version).filter(_.nonEmpty).map(_.toLong),
      tags.split("\n").filter(_.nonEmpty).toSet
    )
    val report =
      try
        command match {
          case "inspect" => of(Tfpredict.inspect(spec))
          case "layers" => of(Tfpredict.layers(spec))
          // Runs the model in this process, since this one is separate from the caller's already.
          case "verify" => of(ModelVerifier.verify(spec))
          case "adapt" => adapted(spec, own)
        }
      catch {
        case refused: TfpredictException =>
          json(
            "error" -> refused.getClass.getSimpleName,
            "error_class" -> refused.errorClass,
            "message" -> refused.getMessage
          )
        case other: Throwable =>
          json(
            "error" -> "TfpredictException",
            "error_class" -> ErrorClass.CommandFailed.name,
            "message" -> told(path, other)
          )
      }
    val target = Paths.get(file)
    val begun = Paths.get(s"$file.begun")
    Files.write(begun, new ObjectMapper().writeValueAsBytes(report))
    Files.move(begun, target, StandardCopyOption.ATOMIC_MOVE)
  }

  private def adapted(spec: ModelSpec, own: Seq[String]): AnyRef = {
    val Seq(folder, signature, overwrite, conf @ _*) = own
    val settings = new SparkConf(false).setAll(conf.map { setting =>
      val Array(key, value) = setting.split("=", 2)
      key -> value
    })
    val report = Tfpredict.adapt(
      spec.copy(signature = signature),
      folder,
      overwrite.toBoolean,
      Settings.from(settings)
    )
    json(
      "path" -> report.spec.path,
      "version" -> report.spec.version.map(Long.box).orNull,
      "folder" -> report.folder,
      "signatures" -> list(report.signatures),
      "left_out" -> list(report.leftOut)
    )
  }

  /**
   * Ends this JVM when standard input is closed. That happens when the parent closes it or ends.
   *
   * @param isNative
   *   whether native code may be running, perhaps in a loop. Shutdown hooks would then not finish.
   */
  private def endWithParent(isNative: Boolean): Unit = {
    val lifeline = new Thread("tfpredict-lifeline") {
      override def run(): Unit = {
        while (System.in.read() >= 0) {}
        if (isNative) Runtime.getRuntime.halt(1) else sys.exit(1)
      }
    }
    lifeline.setDaemon(true)
    lifeline.start()
  }

  // Describes an unexpected exception in one line. The deepest cause is the most helpful.
  private def told(path: String, failed: Throwable): String = {
    val causes = Iterator.iterate(failed)(_.getCause).takeWhile(_ != null).take(16).toSeq
    val last = causes.last
    ErrorClass.CommandFailed.message(
      "an answer",
      s"${last.getClass.getSimpleName}: ${last.getMessage}".linesIterator.next(),
      "Check the model's files and this machine's Java.",
      path
    )
  }

  private def of(info: ModelInfo): AnyRef =
    json(
      "path" -> info.spec.path,
      "version" -> info.spec.version.map(Long.box).orNull,
      "fingerprint" -> info.spec.fingerprint.orNull,
      "tags" -> info.tagSets.map(tags => list(tags.toSeq.sorted)).asJava,
      "producer" -> info.producer,
      "ops" -> Int.box(info.ops),
      "runs" -> Boolean.box(info.runs),
      "examples" -> list(info.examples),
      "signatures" -> info.signatures.map(of).asJava
    )

  private def of(signature: SignatureInfo): AnyRef =
    json(
      "name" -> signature.name,
      "runs" -> Boolean.box(signature.runs),
      "ops" -> Int.box(signature.ops),
      "inputs" -> signature.inputs.map(Described.column).asJava,
      "outputs" -> signature.outputs.map(Described.column).asJava,
      "rewrites" -> signature.rewrites
        .map(rewrite => json("what" -> rewrite.what, "nodes" -> Int.box(rewrite.nodes)))
        .asJava,
      "refusals" -> list(signature.refusals),
      "random" -> Boolean.box(signature.random)
    )

  private def of(layers: Map[String, Seq[LayerInfo]]): AnyRef =
    json(layers.toSeq.sortBy(_._1).map { case (signature, boxes) =>
      signature -> boxes.map { box =>
        json(
          "kind" -> box.kind,
          "name" -> box.name,
          "ops" -> list(box.ops),
          "parameters" -> Long.box(box.parameters),
          "inputs" -> box.from.map(Int.box).asJava
        )
      }.asJava
    }: _*)

  private def of(report: VerifyReport): AnyRef =
    json(
      "path" -> report.spec.path,
      "version" -> report.spec.version.map(Long.box).orNull,
      "skipped" -> list(report.skipped),
      "outputs" -> report.outputs.map { output =>
        json(
          "signature" -> output.signature,
          "output" -> output.output,
          "rows" -> Long.box(output.rows),
          // JSON has no infinity.
          "difference" -> Some(output.difference).filterNot(_.isInfinite).map(Double.box).orNull,
          "tolerance" -> Double.box(output.tolerance)
        )
      }.asJava
    )

  private def list(values: Seq[String]): JList[String] = values.asJava

  private def json(fields: (String, Any)*): AnyRef = Described.fields(fields: _*)
}
