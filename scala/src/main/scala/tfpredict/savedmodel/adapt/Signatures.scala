package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{MetaGraphDef, SavedModel, TensorInfo}

import tfpredict.engine.OpCatalog
import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.adapt.rules.RaggedTensors
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.tensor.{DType, Signature, TensorSpec}
import tfpredict.{ModelSpec, SignatureException}

/** Reads a graph's signatures: the input and output tensors of each. */
private[tfpredict] object Signatures {

  /** The signature that the spec names. */
  def of(model: ModelSpec, graph: MetaGraphDef)(implicit catalog: OpCatalog): Signature = {
    val definitions = SavedModelFile.signatureDefs(graph)
    val definition = definitions.getOrElse(
      model.signature, {
        val known =
          if (definitions.isEmpty) "none" else definitions.keys.toSeq.sorted.mkString(", ")
        throw new SignatureException(
          ErrorClass.SignatureNotFound,
          model.label,
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
          ErrorClass.OutputNotFound,
          model.label,
          s"some of the outputs ${outputs.map(_.name).mkString(", ")}, each once",
          wanted.mkString(", "),
          "Name the signature's own outputs."
        )
      }
      wanted.flatMap(name => outputs.find(_.name == name))
    }

  /** Signatures that the [[Adapter]] did not keep. */
  def leftOut(graph: MetaGraphDef, adapted: SavedModel): Set[String] =
    SavedModelFile.signatureDefs(graph).keySet -- SavedModelFile.signatureDefs(
      adapted.getMetaGraphs(0)
    ).keySet

  private def tensors(model: ModelSpec, infos: Map[String, TensorInfo]): Vector[TensorSpec] =
    infos.toVector.filterNot(tensor => RaggedTensors.isSplits(tensor._1)).sortBy(_._1).map {
      case (name, info) =>
        if (info.getEncodingCase != TensorInfo.EncodingCase.NAME) {
          throw new SignatureException(
            ErrorClass.SignatureUnsupported,
            model.label,
            s"a dense tensor $name",
            info.getEncodingCase.toString.toLowerCase,
            "Export the model with dense inputs and outputs."
          )
        }
        TensorSpec(
          name,
          info.getName,
          DType.ofNumber(info.getDtypeValue),
          SavedModelFile.shape(info.getTensorShape),
          RaggedTensors.splits(name, infos).map(_.getName)
        )
    }
}
