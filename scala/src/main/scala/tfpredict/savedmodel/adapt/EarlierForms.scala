package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import com.google.protobuf.InvalidProtocolBufferException
import org.tensorflow.framework.{AssetFileDef, CollectionDef, MetaGraphDef, NodeDef}

import tfpredict.savedmodel.format.SavedModelFile

/**
 * Moves data that TensorFlow 1.x wrote elsewhere to the place that later versions use. So all later
 * code looks in one place only.
 *
 *   - Assets: the builder of 1.x kept them as messages in the collection `saved_model_assets`.
 *   - Table initializers: by default they are only in the collection `table_initializer`. Python's
 *     `tf.saved_model.load` runs them. The runtime runs a single init op, so this class adds one.
 *
 * Sources: `tensorflow/cc/saved_model/loader.cc`, `GetAssetFileDefs` and `GetInitOp`;
 * `tensorflow/python/saved_model/load_v1_in_v2.py`.
 */
private[savedmodel] object EarlierForms {
  private val Assets = "saved_model_assets"
  private val Initialisers = "table_initializer"

  /** Collections of init ops. After a restore the runtime runs the first one that exists. */
  val InitCollections: Seq[String] = Seq("saved_model_main_op", "legacy_init_op")

  def translated(graph: MetaGraphDef): MetaGraphDef = withInitialiser(withAssets(graph))

  private def withAssets(graph: MetaGraphDef): MetaGraphDef = {
    val listed = graph.getAssetFileDefList.asScala
    val assets = if (listed.nonEmpty) listed else ofCollection(graph)
    // A file may be listed twice, by the user and by a table. The runtime rejects a second feed of
    // the same tensor. Python feeds the last one, so that one is kept.
    val once = assets.reverse.groupBy(_.getTensorInfo.getName).values.map(_.head).toSet
    val kept = assets.distinct.filter(once)
    if (kept == listed) graph
    else graph.toBuilder.clearAssetFileDef().addAllAssetFileDef(kept.asJava).build()
  }

  private def ofCollection(graph: MetaGraphDef): Seq[AssetFileDef] =
    collection(graph, Assets).toSeq.flatMap(_.getAnyList.getValueList.asScala).map { message =>
      try AssetFileDef.parseFrom(message.getValue)
      // An asset without a name is rejected later, when assets are checked.
      catch { case _: InvalidProtocolBufferException => AssetFileDef.getDefaultInstance }
    }

  private def withInitialiser(graph: MetaGraphDef): MetaGraphDef = {
    val known = graph.containsSignatureDef(SavedModelFile.InitSignature) ||
      InitCollections.exists(collection(graph, _).exists(_.getNodeList.getValueCount > 0))
    val names = collection(graph, Initialisers).toSeq
      .flatMap(_.getNodeList.getValueList.asScala)
      .map(ServingGraph.nodeOf)
      .distinct
    val nodes = graph.getGraphDef.getNodeList.asScala.map(_.getName).toSet
    if (known || names.isEmpty || !names.forall(nodes)) graph
    else {
      val name = Iterator.from(0).map(n => s"$Initialisers/all_$n").find(!nodes(_)).get
      val all = NodeDef.newBuilder().setName(name).setOp("NoOp")
      names.foreach(initialiser => all.addInput(s"^$initialiser"))
      val main = CollectionDef.newBuilder()
      main.getNodeListBuilder.addValue(name)
      val builder = graph.toBuilder.putCollectionDef(InitCollections.head, main.build())
      builder.getGraphDefBuilder.addNode(all)
      builder.build()
    }
  }

  private def collection(graph: MetaGraphDef, name: String): Option[CollectionDef] =
    Option(graph.getCollectionDefMap.get(name))
}
