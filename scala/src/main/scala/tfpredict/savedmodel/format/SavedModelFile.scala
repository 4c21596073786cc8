package tfpredict.savedmodel.format

import java.io.IOException
import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.tensorflow.framework.{MetaGraphDef, SavedModel, SignatureDef, TensorShapeProto}

import tfpredict.messages.ErrorClass
import tfpredict.tensor.TensorShape
import tfpredict.{ModelLoadException, ModelSpec, SignatureException}

/**
 * Reads `saved_model.pb` in plain JVM code. So the signatures can be read without native libraries,
 * and native code never sees bytes that do not parse.
 */
private[tfpredict] object SavedModelFile {
  val FileName = "saved_model.pb"

  /** TensorFlow's name for the same file in text format. */
  val TextName = "saved_model.pbtxt"

  /** A TensorFlow 2 model's signature whose output is the initialization op. */
  val InitSignature = "__saved_model_init_op"

  /** Instructions to a loader, not functions of rows. */
  private val Internal = Set(InitSignature, "__saved_model_train_op")

  def read(model: ModelSpec, directory: Path): SavedModel = {
    val file = directory.resolve(FileName)
    if (Files.isRegularFile(file)) checkSize(model, Files.size(file), file.toString)
    val saved =
      try SavedModel.parseFrom(Files.readAllBytes(file))
      catch {
        case unread: IOException => damaged(model, file, unread)
        // On some damaged files the generated parsers throw a bare NullPointerException.
        case broken: RuntimeException => damaged(model, file, broken)
      }
    if (saved.getMetaGraphsCount == 0) damaged(model, file, null)
    saved
  }

  /** The graph that has exactly the spec's tags. */
  def graph(model: ModelSpec, saved: SavedModel): MetaGraphDef =
    saved.getMetaGraphsList.asScala.find(tagsOf(_) == model.tags).getOrElse(
      throw new SignatureException(
        ErrorClass.TagsNotFound,
        model.label,
        s"a graph with the tags ${show(model.tags)}",
        s"graphs with ${tagSets(saved).map(show).mkString(", ")}",
        "Name the tags of one of these graphs" + (
          if (tagSets(saved).exists(_.isEmpty)) ". For {}, give none: tags=(), or --tags \"\"."
          else "."
        )
      )
    )

  /** The tags of each graph. */
  def tagSets(saved: SavedModel): Seq[Set[String]] =
    saved.getMetaGraphsList.asScala.map(tagsOf).toSeq

  /** Rejects a graph that is larger than the limit of protocol buffers. */
  def checkSize(model: ModelSpec, size: Long, place: String): Unit =
    if (size > Limit) {
      throw new ModelLoadException(
        ErrorClass.GraphTooLarge,
        model.label,
        s"a $FileName of less than 2 GB, the limit of protocol buffers",
        s"$size bytes in $place",
        "Keep large arrays in variables, and not in constants. Variables have their own files."
      )
    }

  private val Limit = Int.MaxValue - 8L // the longest JVM array

  /** Signatures that a user can run, by name. */
  def signatureDefs(graph: MetaGraphDef): Map[String, SignatureDef] =
    graph.getSignatureDefMap.asScala.filterKeys(!Internal.contains(_)).toMap

  private def show(tags: Set[String]): String = tags.toSeq.sorted.mkString("{", ", ", "}")

  private def tagsOf(graph: MetaGraphDef): Set[String] =
    graph.getMetaInfoDef.getTagsList.asScala.toSet

  /** A shape in the form that signatures use. */
  def shape(proto: TensorShapeProto): TensorShape =
    TensorShape(
      if (proto.getUnknownRank) None else Some(proto.getDimList.asScala.map(_.getSize).toVector)
    )

  private def damaged(model: ModelSpec, file: Path, cause: Exception): Nothing =
    throw new ModelLoadException(
      ErrorClass.ModelDamaged,
      model.label,
      s"a complete $FileName",
      if (cause == null) s"no graph in $file" else s"a damaged $file ($cause)",
      "Copy or export the model again.",
      cause
    )
}
