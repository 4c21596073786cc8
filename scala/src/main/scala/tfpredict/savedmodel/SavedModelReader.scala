package tfpredict.savedmodel

import java.io.IOException
import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.tensorflow.framework.{
  MetaGraphDef,
  SavedModel,
  SignatureDef,
  TensorInfo,
  TensorShapeProto
}

import tfpredict.savedmodel.rules.{RaggedTensors, WideTensors}
import tfpredict.{
  DType,
  ModelLoadException,
  ModelSpec,
  Signature,
  SignatureException,
  TensorShape,
  TensorSpec
}

/**
 * Reads `saved_model.pb` in plain JVM code: no native library is needed to know a model's
 * signatures, and native code never sees bytes that do not parse.
 */
private[tfpredict] object SavedModelReader {
  val FileName = "saved_model.pb"

  /** What TensorFlow calls the same as text. */
  val TextName = "saved_model.pbtxt"

  /** Signatures that are instructions to a loader, not functions of rows. */
  private val Internal = Set(EarlierForms.InitSignature, "__saved_model_train_op")

  /** The graph with exactly the spec's tags. */
  def read(model: ModelSpec, directory: Path): MetaGraphDef =
    choose(model, readAll(model, directory))

  def readAll(model: ModelSpec, directory: Path): SavedModel = {
    val file = directory.resolve(FileName)
    if (Files.isRegularFile(file)) checkSize(model, Files.size(file), file.toString)
    val saved =
      try SavedModel.parseFrom(Files.readAllBytes(file))
      catch {
        case unread: IOException => damaged(model, file, unread)
        // The generated parsers meet some damage with a bare NullPointerException.
        case broken: RuntimeException => damaged(model, file, broken)
      }
    if (saved.getMetaGraphsCount == 0) damaged(model, file, null)
    saved
  }

  /** The same, of what was read; without what its signatures run in vain. */
  def choose(model: ModelSpec, saved: SavedModel): MetaGraphDef = {
    val chosen = saved.getMetaGraphsList.asScala.find(tagsOf(_) == model.tags).getOrElse(
      throw new SignatureException(
        model.describe,
        s"a graph with the tags ${show(model.tags)}",
        s"graphs with ${tagSets(saved).map(show).mkString(", ")}",
        "Name the tags of one of these graphs" + (
          if (tagSets(saved).exists(_.isEmpty)) "; for {}, give none: tags=(), or --tags \"\"."
          else "."
        )
      )
    )
    FunctionDepth.check(model, chosen)
    LoopConditions.check(model, chosen)
    val forms = LaterForms.translated(EarlierForms.translated(chosen))
    val translated = ObjectRestores.translated(forms)
    val signatures = signatureDefs(translated).keySet
    val fed = WideTensors.of(RaggedTensors.of(translated, signatures), signatures)
    val decided = ConstantConditions.decided(UnknownRanks.known(fed))
    LiveNodes.of(SeedStates.redrawn(CallNames.apart(decided)))
  }

  /** The tags of each graph. */
  def tagSets(saved: SavedModel): Seq[Set[String]] = saved.getMetaGraphsList.asScala.map(tagsOf)

  /** Refuses a graph that is larger than any protocol buffer can be. */
  def checkSize(model: ModelSpec, size: Long, place: String): Unit =
    if (size > Limit) {
      throw new ModelLoadException(
        model.describe,
        s"a $FileName of less than 2 GB, as protocol buffers are",
        s"$size bytes in $place",
        "Keep large arrays in variables, which have files of their own, and not in constants."
      )
    }

  private val Limit = Int.MaxValue - 8L // the longest array of a JVM

  /** The signature that the spec names. */
  def signature(model: ModelSpec, graph: MetaGraphDef): Signature = {
    val definitions = signatureDefs(graph)
    val definition = definitions.getOrElse(
      model.signature, {
        val known =
          if (definitions.isEmpty) "none" else definitions.keys.toSeq.sorted.mkString(", ")
        throw new SignatureException(
          model.describe,
          s"a signature called ${model.signature}",
          s"signatures: $known",
          "Name one of these, or export the model with a signature."
        )
      }
    )
    Signature(
      model.signature,
      tensors(model, definition.getInputsMap.asScala.toMap),
      chosen(model, tensors(model, definition.getOutputsMap.asScala.toMap)),
      new SignatureState(new ServingGraph(graph), definition, model.outputs).random.isEmpty
    )
  }

  private def chosen(model: ModelSpec, outputs: Vector[TensorSpec]): Vector[TensorSpec] =
    if (model.outputs.isEmpty) outputs
    else {
      val wanted = model.outputs.toVector
      val unknown = wanted.filterNot(name => outputs.exists(_.name == name))
      if (unknown.nonEmpty || wanted.distinct != wanted) {
        throw new SignatureException(
          model.describe,
          s"some of the outputs ${outputs.map(_.name).mkString(", ")}, each once",
          wanted.mkString(", "),
          "Name the signature's own outputs."
        )
      }
      wanted.flatMap(name => outputs.find(_.name == name))
    }

  /** Signatures that a user can run, by name. */
  def signatureDefs(graph: MetaGraphDef): Map[String, SignatureDef] =
    graph.getSignatureDefMap.asScala.filterKeys(!Internal.contains(_)).toMap

  /** Signatures of a graph that the [[Adapter]] did not keep. */
  def leftOut(graph: MetaGraphDef, adapted: SavedModel): Set[String] =
    signatureDefs(graph).keySet -- signatureDefs(adapted.getMetaGraphs(0)).keySet

  private def show(tags: Set[String]): String = tags.toSeq.sorted.mkString("{", ", ", "}")

  private def tagsOf(graph: MetaGraphDef): Set[String] =
    graph.getMetaInfoDef.getTagsList.asScala.toSet

  private def tensors(model: ModelSpec, infos: Map[String, TensorInfo]): Vector[TensorSpec] =
    infos.toVector.filterNot(tensor => RaggedTensors.isSplits(tensor._1)).sortBy(_._1).map {
      case (name, info) =>
        if (info.getEncodingCase != TensorInfo.EncodingCase.NAME) {
          throw new SignatureException(
            model.describe,
            s"tensor $name of the signature to be dense",
            info.getEncodingCase.toString.toLowerCase,
            "Export the model with dense inputs and outputs."
          )
        }
        TensorSpec(
          name,
          info.getName,
          DType.ofNumber(info.getDtypeValue),
          shape(info.getTensorShape),
          RaggedTensors.splits(name, infos).map(_.getName)
        )
    }

  /** A shape as the signatures have it. */
  def shape(proto: TensorShapeProto): TensorShape =
    TensorShape(
      if (proto.getUnknownRank) None else Some(proto.getDimList.asScala.map(_.getSize).toVector)
    )

  private def damaged(model: ModelSpec, file: Path, cause: Exception): Nothing =
    throw new ModelLoadException(
      model.describe,
      s"a whole $FileName",
      if (cause == null) s"no graph in $file" else s"a damaged $file ($cause)",
      "Copy or export the model again.",
      cause
    )
}
