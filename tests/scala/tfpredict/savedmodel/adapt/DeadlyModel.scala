package tfpredict.savedmodel.adapt

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.tensorflow.framework.AttrValue.ListValue
import org.tensorflow.framework.TensorShapeProto.Dim
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  NodeDef,
  SavedModel,
  TensorProto,
  TensorShapeProto
}

import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.savedmodel.store.Checksums

/** A model that crashes the process in which it is loaded, by a check of an argument. */
object DeadlyModel {

  /** The op that crashes. The model can only be loaded if this op is allowed by name. */
  val Op = "FixedUnigramCandidateSampler"

  /** Adds the op to a version, as if it had been exported that way. */
  def make(version: Path): Unit = {
    Files.deleteIfExists(version.resolve(Checksums.Name))
    val file = version.resolve(SavedModelFile.FileName)
    val saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder
    val graph = saved.getMetaGraphsBuilder(0)
    val first = graph.getSignatureDefMap.get("__saved_model_init_op").getOutputsMap.values.asScala
    val name = first.head.getName.split(":").head
    val nodes = graph.getGraphDefBuilder
    val at = nodes.getNodeList.asScala.indexWhere(_.getName == name)
    nodes.setNode(at, nodes.getNode(at).toBuilder.addInput("^deadly"))
    nodes.addNode(classes).addNode(sampler)
    Files.write(file, saved.build().toByteArray)
    ()
  }

  private val classes = NodeDef
    .newBuilder()
    .setName("deadly_classes")
    .setOp("Const")
    .putAttr("dtype", AttrValue.newBuilder.setType(DataType.DT_INT64).build())
    .putAttr(
      "value",
      AttrValue
        .newBuilder()
        .setTensor(
          TensorProto
            .newBuilder()
            .setDtype(DataType.DT_INT64)
            .setTensorShape(
              TensorShapeProto.newBuilder
                .addDim(Dim.newBuilder.setSize(1))
                .addDim(Dim.newBuilder.setSize(1))
            )
            .addInt64Val(0)
        )
        .build()
    )
    .build()

  // One weight for a range of ten.
  private val sampler = NodeDef
    .newBuilder()
    .setName("deadly")
    .setOp(Op)
    .addInput("deadly_classes")
    .putAttr("num_true", number(1))
    .putAttr("num_sampled", number(1))
    .putAttr("range_max", number(10))
    .putAttr("unique", AttrValue.newBuilder.setB(false).build())
    .putAttr(
      "unigrams",
      AttrValue.newBuilder.setList(ListValue.newBuilder.addF(1f)).build()
    )
    .build()

  private def number(value: Long): AttrValue = AttrValue.newBuilder.setI(value).build()
}
