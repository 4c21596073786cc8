package tfpredict.savedmodel.adapt

import com.google.protobuf.ByteString
import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.RuntimeCatalog.catalog

class StatefulOpsSuite extends AnyFunSuite {

  private def random(op: String, attributes: (String, AttrValue.Builder)*): Boolean = {
    val node = NodeDef.newBuilder().setOp(op)
    attributes.foreach { case (name, value) => node.putAttr(name, value.build()) }
    StatefulOps.isRandom(node.build())
  }

  private def flag = AttrValue.newBuilder().setB(true)
  private def number(value: Long) = AttrValue.newBuilder().setI(value)
  private def text(value: String) =
    AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value))

  test("ops that draw random numbers or read the clock are random, also with a seed") {
    val drawing = Seq("RandomUniform", "Multinomial", "StatefulUniform", "RandomDataset") ++
      Seq("ShuffleDatasetV2", "FixedUnigramCandidateSampler", "Timestamp")
    drawing.foreach(op => assert(random(op, "seed" -> number(7)), op))
    Seq("StatelessRandomUniform", "MatMul", "ReadVariableOp", "Unheard")
      .foreach(op => assert(!random(op), op))
  }

  test("attributes say whether a pooling, a glimpse or a dataset is random") {
    assert(random("FractionalMaxPool") && random("FractionalAvgPool", "seed" -> number(7)))
    assert(random("FractionalMaxPool", "deterministic" -> flag))
    assert(!random("FractionalMaxPool", "deterministic" -> flag, "seed2" -> number(7)))
    assert(random("ExtractGlimpse") && random("ExtractGlimpse", "noise" -> text("gaussian")))
    assert(!random("ExtractGlimpse", "noise" -> text("zero")))
    assert(random("ParallelMapDataset", "sloppy" -> flag) && !random("ParallelMapDataset"))
  }

  test("ops that change state for the next run are writes") {
    val writing = Seq("Assign", "AssignAddVariableOp", "ResourceScatterNdUpdate", "CountUpTo") ++
      Seq("ScatterMax", "ResourceSparseApplyAdagradV2", "ApplyAdam", "LookupTableInsertV2") ++
      Seq("QueueEnqueueManyV2", "QueueDequeueUpToV2", "DestroyResourceOp", "Stage", "Unstage") ++
      Seq("OrderedMapUnstageNoKey", "BarrierInsertMany", "AccumulatorApplyGradient", "RngSkip") ++
      Seq("BoostedTreesUpdateEnsembleV2", "TensorForestTreeDeserialize")
    writing.foreach(op => assert(StatefulOps.isWrite(op), op))
    val other = Seq("ReadVariableOp", "LookupTableFindV2", "InitializeTableV2", "QueueSizeV2") ++
      Seq("TensorArrayWriteV3", "TensorScatterUpdate", "ScatterNd", "StackPushV2", "Unheard")
    other.foreach(op => assert(!StatefulOps.isWrite(op), op))
  }
}
