package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{MetaGraphDef, SignatureDef, TensorInfo, TensorShapeProto}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.{RaggedInput, RaggedSpecs}

/**
 * Gives ragged inputs and outputs of signatures a form that columns support.
 *
 *   - An input is fed as one dense array, since rows of one shape are batched together. Its
 *     elements and splits are computed from the array.
 *   - An output keeps its elements. Each of its splits becomes a separate output with its own name.
 */
private[savedmodel] object RaggedTensors {
  private val Splits = "/tfpredict_row_splits_"

  /**
   * @param signatures
   *   the signatures that a user can run
   */
  def of(graph: MetaGraphDef, signatures: Set[String])(implicit
      catalog: OpCatalog
  ): MetaGraphDef = {
    val stated = graph.getSignatureDefMap.asScala.filterKeys(signatures).toMap
    val scope = Scope.of(graph.getGraphDef)
    val dense = stated.map { case (name, signature) =>
      val apart = composites(signature).foldLeft(signature)(inParts)
      val found = for {
        input <- RaggedSpecs.inputs(graph, signature) ++ composites(signature)
        fed = DenseInput.of(input, apart, scope)
        if fed.nonEmpty
      } yield input -> fed
      name -> found
    }
    val placed = stated.map { case (name, signature) =>
      name -> dense(name).map(_._1).foldLeft(withOutputs(signature))(withInput)
    }
    if (placed == stated) graph
    else {
      val fed = dense.values.flatten.flatMap(_._2).toMap
      val builder = FedTensor.put(graph, fed).toBuilder
      for ((name, signature) <- placed) builder.putSignatureDef(name, signature)
      builder.build()
    }
  }

  /** The splits of a ragged output, by name, in order. */
  def splits(output: String, outputs: Map[String, TensorInfo]): Vector[TensorInfo] =
    Iterator.from(0).map(level => outputs.get(s"$output$Splits$level")).takeWhile(_.isDefined)
      .flatten.toVector

  /** Whether an output is another output's splits, and so not a user's. */
  def isSplits(output: String): Boolean = output.contains(Splits)

  // TensorFlow 1 may declare an input as ragged.
  private def composites(signature: SignatureDef): Seq[RaggedInput] =
    for {
      (name, info) <- signature.getInputsMap.asScala.toSeq.sortBy(_._1)
      (parts, dims) <- ragged(info)
    } yield RaggedInput(name +: parts.tail.indices.map(level => s"$name$Splits$level"), dims)

  private def inParts(signature: SignatureDef, input: RaggedInput): SignatureDef = {
    val parts = signature.getInputsOrThrow(input.name).getCompositeTensor.getComponentsList
    signature.toBuilder.putAllInputs(input.parts.zip(parts.asScala).toMap.asJava).build()
  }

  private def withInput(signature: SignatureDef, input: RaggedInput): SignatureDef = {
    val info = signature.getInputsOrThrow(input.name)
    val elements = ragged(info).fold(info)(_._1.head)
    val builder = signature.toBuilder.putInputs(input.name, whole(elements, input.dims))
    input.parts.tail.foreach(builder.removeInputs)
    builder.build()
  }

  private def withOutputs(signature: SignatureDef): SignatureDef = {
    val builder = signature.toBuilder
    for {
      (name, info) <- signature.getOutputsMap.asScala
      (parts, dims) <- ragged(info)
    } {
      builder.putOutputs(name, whole(parts.head, dims))
      for ((part, level) <- parts.tail.zipWithIndex)
        builder.putOutputs(s"$name$Splits$level", part)
    }
    builder.build()
  }

  private def ragged(info: TensorInfo): Option[(Seq[TensorInfo], Vector[Long])] =
    if (info.getEncodingCase != TensorInfo.EncodingCase.COMPOSITE_TENSOR) None
    else {
      val parts = info.getCompositeTensor.getComponentsList.asScala
      RaggedSpecs.dims(info.getCompositeTensor.getTypeSpec).collect {
        case (rank, dims) if parts.size == rank + 1 => (parts.toSeq, dims)
      }
    }

  private def whole(elements: TensorInfo, dims: Vector[Long]): TensorInfo = {
    val shape = TensorShapeProto.newBuilder()
    dims.foreach(dim => shape.addDimBuilder().setSize(dim))
    elements.toBuilder.setTensorShape(shape).build()
  }
}
