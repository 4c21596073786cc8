package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_HALF, DT_INT32, DT_UINT8}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Rotates, zooms or moves images: each pixel of the result is looked up at its source coordinates.
 * Source: `tensorflow/core/kernels/image/image_ops.h`, `ProjectiveGenerator`.
 */
private[savedmodel] object ProjectiveTransform extends NodeRule {
  override val ops: Set[String] = Set("ImageProjectiveTransformV2", "ImageProjectiveTransformV3")
  override val why = "a projective transform of images looks each pixel up"

  private val dtypes = Set(DT_FLOAT, DT_HALF, DT_UINT8)

  // inputs: images, transforms, output_shape, and fill_value in the third version
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val dtype = node.getAttrOrThrow("dtype").getType
    def text(name: String, default: String) =
      Option(node.getAttrMap.get(name)).fold(default)(_.getS.toStringUtf8)
    val isBilinear = text("interpolation", "") == "BILINEAR"
    val mode = text("fill_mode", "CONSTANT")
    if (!dtypes(dtype)) {
      Verdict.Refuse(s"op ${node.getOp} of other images than float32, float16 and uint8")
    } else if (!FillMode.all(mode)) Verdict.Refuse(s"op ${node.getOp} with fill_mode=$mode")
    else {
      val make = new Fragment(node, scope)
      val fill = make.inputs.lift(3).getOrElse(make.real(0, DT_FLOAT))
      val pixels = new ImagePixels(make, make.inputs.head, fill, kind(dtype))
      val places = new ProjectedPlaces(make, make.inputs(1), make.inputs(2))
      val fills = new FillMode(make, mode)
      val x = fills.within(places.x, pixels.width)
      val y = fills.within(places.y, pixels.height)
      val found = if (isBilinear) bilinear(make, pixels, places, x, y)
      else {
        pixels.at(fills.nearest(y), fills.nearest(x), places.isThere)
      }
      // The output's name differs from all of the runtime's ops, so it needs renaming.
      make.finishAll(Seq(("transformed_images", make.cast(found, DT_FLOAT, dtype), dtype)))
    }
  }

  private def bilinear(
      make: Fragment,
      pixels: ImagePixels,
      places: ProjectedPlaces,
      x: String,
      y: String
  ) = {
    val floats = new Arithmetic(make, DT_FLOAT)
    import floats._
    // One weight for all channels of a pixel.
    def weight(of: String) = make.add("ExpandDims", "output", of, make.int(-1))(
      "T" -> kind(DT_FLOAT),
      "Tdim" -> kind(DT_INT32)
    )
    val (left, top) = (unary("Floor", x), unary("Floor", y))
    val (right, bottom) = (plus(left, number(1)), plus(top, number(1)))
    def row(of: String) = plus(
      times(weight(minus(right, x)), pixels.at(of, left, places.isThere)),
      times(weight(minus(x, left)), pixels.at(of, right, places.isThere))
    )
    plus(times(weight(minus(bottom, y)), row(top)), times(weight(minus(y, top)), row(bottom)))
  }
}
