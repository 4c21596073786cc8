package tfpredict.savedmodel.adapt

import scala.util.{Failure, Success, Try}

import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog

/** Compares [[MissingKernels]] for gradients and dilations with the runtime. */
class MissingGradientsSuite extends NodeRuns {
  private case class Gradient(
      op: String,
      // Names of inputs: x0 is the image, x1 a pool's result, x2 one number per channel. Then come
      // sizes.
      inputs: Seq[String],
      attributes: Map[String, AttrValue] = Map.empty,
      sizes: Seq[Long] = Nil,
      isMoved: Boolean = true,
      of: Seq[Long] = image
  )

  private val pooling = Map("ksize" -> twos, "strides" -> twos, "padding" -> same)
  private val pooling3 = Map("ksize" -> twos3, "strides" -> twos3, "padding" -> same)
  private val striding = Map("strides" -> ones, "padding" -> same)
  private val pair = Seq(1L, 2L, 2L, 1L)
  private val ofNormal = Seq("x0", "x0", "x2", "x2", "x2")

  private val gradients = Seq(
    Gradient("MaxPoolGrad", Seq("x0", "x1", "x1"), pooling),
    Gradient("MaxPoolGradGrad", Seq("x0", "x1", "x0"), pooling),
    Gradient(
      "MaxPoolGradV2",
      Seq("x0", "x1", "x1", "sizes", "sizes"),
      Map("padding" -> same),
      pair
    ),
    Gradient(
      "MaxPoolGradGradV2",
      Seq("x0", "x1", "x0", "sizes", "sizes"),
      Map("padding" -> same),
      pair
    ),
    Gradient("AvgPoolGrad", Seq("sizes", "x1"), pooling, image),
    Gradient("Conv2DBackpropFilter", Seq("x0", "sizes", "x0"), striding, Seq(2, 2, 2, 2), false),
    Gradient(
      "DepthwiseConv2dNativeBackpropFilter",
      Seq("x0", "sizes", "x0"),
      striding,
      Seq(2, 2, 2, 1),
      false
    ),
    Gradient("BiasAddGrad", Seq("x0")),
    Gradient("FusedBatchNormGrad", ofNormal),
    Gradient("FusedBatchNormGradV2", ofNormal, Map(U)),
    Gradient("FusedBatchNormGradV3", ofNormal :+ "x2", Map(U)),
    Gradient("MaxPool3DGrad", Seq("x0", "x1", "x1"), pooling3 + ("TInput" -> float), of = volume),
    Gradient("MaxPool3DGradGrad", Seq("x0", "x1", "x0"), pooling3, of = volume),
    Gradient("AvgPool3DGrad", Seq("sizes", "x1"), pooling3, volume, of = volume),
    Gradient(
      "Conv3DBackpropFilterV2",
      Seq("x0", "sizes", "x0"),
      Map("strides" -> ones3, "padding" -> same),
      Seq(2, 2, 2, 2, 2),
      false,
      volume
    )
  )

  for (example <- gradients) {
    val (last, head) = if (example.of.size == 5) ("NDHWC", "NCDHW") else ("NHWC", "NCHW")
    val pooled = example.of.map(size => if (size == 4) 2L else size)
    def ran(layout: String, place: Seq[Long] => Seq[Long]) = {
      val attributes =
        if (layout == last) example.attributes
        else example.attributes.map { case (name, value) => name -> inLayout(value) }
      val made = node(example.op, "y", example.inputs: _*)(
        (attributes + ("T" -> float) + ("data_format" -> text(layout))).toSeq: _*
      )
      val sizes = if (example.isMoved && example.sizes.nonEmpty) place(example.sizes)
      else example.sizes
      val shapes = Seq(place(example.of), place(pooled), Seq(2L))
      (made, Try(sum(made, shapes, sizes)), () => sumOfRules(made, shapes, sizes))
    }
    test(s"${example.op} runs with channels exactly where the table says so") {
      val (plain, worked, _) = ran(last, identity)
      worked.get
      assert(MissingKernels.of(plain).isEmpty)
      ran(head, first) match {
        case (moved, Success(_), _) => assert(MissingKernels.of(moved).isEmpty)
        case (moved, Failure(failed), byRule) =>
          assert(MissingKernels.of(moved).exists(_.contains(s"data_format=$head")), failed)
          assert(math.abs(byRule() - worked.get) <= 1e-5f)
      }
    }
  }

  private def dilated(op: String, by: Seq[Long], inputs: String*): NodeDef =
    node(op, "y", inputs: _*)(
      "T" -> float,
      "padding" -> same,
      "strides" -> ints(Seq.fill(by.size)(1L): _*),
      "dilations" -> ints(by: _*)
    )

  test("dilations run exactly where the table says so") {
    val flat = Seq(image, Seq(2L, 2L, 2L, 2L))
    val deep = Seq(volume, Seq(2L, 2L, 2L, 2L, 2L))
    for (
      (op, inputs, shapes, sizes) <- Seq(
        ("Conv2D", Seq("x0", "x1"), flat, Nil),
        ("Conv3D", Seq("x0", "x1"), deep, Nil),
        ("Conv2DBackpropInput", Seq("sizes", "x1", "x0"), flat, image),
        ("Conv2DBackpropFilter", Seq("x0", "sizes", "x0"), flat, flat(1)),
        ("Conv3DBackpropInputV2", Seq("sizes", "x1", "x0"), deep, volume),
        ("Conv3DBackpropFilterV2", Seq("x0", "sizes", "x0"), deep, deep(1))
      )
    ) {
      val none = dilated(op, Seq.fill(shapes.head.size)(1L), inputs: _*)
      run(none, shapes, sizes).get
      assert(MissingKernels.of(none).isEmpty, op)
      val two = dilated(op, shapes.head.map(size => if (size == 4) 2L else 1L), inputs: _*)
      val told = MissingKernels.of(two)
      assert(told.isEmpty == run(two, shapes, sizes).isSuccess, op)
      assert(told.forall(_.contains("with dilations=[1, 2, 2,")), op)
    }
  }

  test("a depthwise convolution with dilations, which the runtime would ignore, is refused") {
    def depthwise(by: Long) = dilated("DepthwiseConv2dNative", Seq(1L, by, by, 1L), "x0", "x1")
    val shapes = Seq(Seq(1L, 4L, 4L, 1L), Seq(3L, 3L, 1L, 1L))
    /* Along each dimension, a window of three covers 2, 3, 3 and 2 of four pixels. With a dilation
     * of two it covers 2 each time. */
    assert(sum(depthwise(1), shapes) == 100f)
    assert(sum(dilated("Conv2D", Seq(1L, 2L, 2L, 1L), "x0", "x1"), shapes) == 64f)
    assert(sum(depthwise(2), shapes) == 100f)
    assert(MissingKernels.of(depthwise(1)).isEmpty)
    assert(MissingKernels.of(depthwise(2)).contains(
      "op DepthwiseConv2dNative with dilations=[1, 2, 2, 1], which the runtime would run without them,"
    ))
  }

}
