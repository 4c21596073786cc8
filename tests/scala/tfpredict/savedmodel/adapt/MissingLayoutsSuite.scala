package tfpredict.savedmodel.adapt

import scala.util.{Failure, Success}

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog

/** Compares [[MissingKernels]] for layouts with the runtime. */
class MissingLayoutsSuite extends NodeRuns {
  private case class Case(
      op: String,
      moved: Seq[Long],
      others: Seq[Seq[Long]],
      attributes: Map[String, AttrValue] = Map.empty,
      // The output size of a transposed convolution. It is then the first input, and the image is
      // the last.
      sizes: Seq[Long] = Nil
  )

  private def pooled(op: String, of: Seq[Long], by: AttrValue) =
    Case(op, of, Nil, Map("ksize" -> by, "strides" -> by, "padding" -> same))

  private def normalised(op: String, more: (String, AttrValue)*) =
    Case(op, image, Seq.fill(4)(Seq(2L)), Map("is_training" -> flag(false)) ++ more)

  private def flag(value: Boolean): AttrValue = AttrValue.newBuilder().setB(value).build()

  private val cases = Seq(
    Case(
      "Conv2D",
      image,
      Seq(Seq(2L, 2L, 2L, 3L)),
      Map("strides" -> ones, "padding" -> same)
    ),
    Case(
      "DepthwiseConv2dNative",
      image,
      Seq(Seq(2L, 2L, 2L, 1L)),
      Map("strides" -> ones, "padding" -> same)
    ),
    Case(
      "Conv3D",
      volume,
      Seq(Seq(2L, 2L, 2L, 2L, 3L)),
      Map("strides" -> ones3, "padding" -> same)
    ),
    pooled("MaxPool", image, twos),
    pooled("AvgPool", image, twos),
    pooled("MaxPool3D", volume, twos3),
    pooled("AvgPool3D", volume, twos3),
    normalised("FusedBatchNorm"),
    normalised("FusedBatchNormV2", U),
    normalised("FusedBatchNormV3", U),
    Case(
      "Conv2DBackpropInput",
      image,
      Seq(Seq(2L, 2L, 3L, 2L)),
      Map("strides" -> ones, "padding" -> same),
      Seq(1L, 4L, 4L, 3L)
    ),
    Case(
      "DepthwiseConv2dNativeBackpropInput",
      image,
      Seq(Seq(2L, 2L, 2L, 1L)),
      Map("strides" -> ones, "padding" -> same),
      image
    ),
    Case(
      "Conv3DBackpropInputV2",
      volume,
      Seq(Seq(2L, 2L, 2L, 3L, 2L)),
      Map("strides" -> ones3, "padding" -> same),
      Seq(1L, 4L, 4L, 4L, 3L)
    ),
    Case("BiasAdd", image, Seq(Seq(2L))),
    Case("SpaceToDepth", image, Nil, Map("block_size" -> AttrValue.newBuilder().setI(2).build())),
    Case(
      "DepthToSpace",
      Seq(1L, 4L, 4L, 4L),
      Nil,
      Map("block_size" -> AttrValue.newBuilder().setI(2).build())
    )
  )

  private def nodeOf(example: Case, layout: String, attributes: Map[String, AttrValue]): NodeDef = {
    val stated = (0 to example.others.size).map(index => s"x$index")
    val inputs = if (example.sizes.isEmpty) stated else "sizes" +: stated.reverse
    node(example.op, "y", inputs: _*)(
      (attributes + ("T" -> kind(DataType.DT_FLOAT)) + ("data_format" -> text(layout))).toSeq: _*
    )
  }

  for (example <- cases) {
    val is3D = example.moved.size == 5
    val (last, head) = if (is3D) ("NDHWC", "NCDHW") else ("NHWC", "NCHW")
    test(s"${example.op} runs with channels exactly where the table says so") {
      val plain = nodeOf(example, last, example.attributes)
      val stated = example.moved +: example.others
      val wanted = sum(plain, stated, example.sizes)
      assert(MissingKernels.of(plain).isEmpty)

      val attributes = example.attributes.map { case (name, value) => name -> inLayout(value) }
      val moved = nodeOf(example, head, attributes)
      val sizes = if (example.sizes.isEmpty) Nil else first(example.sizes)
      run(moved, first(example.moved) +: example.others, sizes) match {
        case Success(_) => assert(MissingKernels.of(moved).isEmpty)
        case Failure(failed) =>
          assert(MissingKernels.of(moved).exists(_.contains(s"data_format=$head")), failed)
          // The nodes of the adapter's rule run, also without rows.
          assert(sumOfRules(moved, first(example.moved) +: example.others, sizes) == wanted)
          def none(dims: Seq[Long]) = if (dims.isEmpty) Nil else 0L +: dims.tail
          val empty = none(first(example.moved)) +: example.others
          assert(sumOfRules(moved, empty, none(sizes)) == 0f)
      }
    }
  }

}
