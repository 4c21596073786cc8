package tfpredict.savedmodel.fuzz

import scala.util.Random

import org.tensorflow.framework.DataType

/** Shapes of tensors: usual ones, ones that an argument's name suggests, and odd ones. */
object Shapes {
  private val MaxElements = 1L << 22

  private val scalars = Set(
    "axis",
    "dim",
    "depth",
    "limit",
    "start",
    "delta",
    "k",
    "n",
    "lr",
    "l1"
  ) ++
    Set("l2", "alpha", "beta", "beta1", "beta2", "rho", "epsilon", "momentum", "step", "rate") ++
    Set("min", "max", "minval", "maxval", "lr_power", "size", "num_segments", "contrast_factor") ++
    Set(
      "max_output_size",
      "iou_threshold",
      "score_threshold",
      "index",
      "split_dim",
      "concat_dim"
    ) ++
    Set("beta1_power", "beta2_power", "batch_size", "count", "buffer_size", "num", "seed2") ++
    Set("delim", "separator", "width", "pattern", "rewrite", "value_index", "on_value") ++
    Set("off_value", "num_bits", "scale", "delta", "max_value", "min_value", "input_min") ++
    Set("input_max", "contents", "default_value", "window_size", "num_parallel_calls", "mean") ++
    Set("cycle_length", "block_length", "drop_remainder", "seq_len_max", "lengths", "max_length")
  private val vectors = Set("shape", "paddings", "begin", "end", "strides", "multiples", "perm") ++
    Set("dims", "reduction_indices", "block_shape", "filter_sizes", "input_sizes", "splits") ++
    Set("size_splits", "seed", "segment_ids", "size", "sizes", "fft_length", "output_shape") ++
    Set("sparse_shape", "dense_shape", "a_shape", "b_shape", "sp_shape", "input_shape", "key") ++
    Set("serialized", "names", "lengths", "bias", "mean", "variance", "offset", "element_shape") ++
    Set("reduction_axes", "sequence_length", "box_ind", "crop_size", "output_size", "keys")

  def usual(random: Random): Vector[Long] = {
    val rank = Seq(0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4, 5)(random.nextInt(14))
    Vector.fill(rank)(Seq(1L, 2L, 2L, 3L, 4L, 6L)(random.nextInt(6)))
  }

  /** The shape that an op may need for an input of this name, or the shape of its other inputs. */
  def named(
      name: String,
      dtype: DataType,
      common: Vector[Long],
      random: Random
  ): (Vector[Long], Values) = {
    val isInteger = dtype == DataType.DT_INT32 || dtype == DataType.DT_INT64
    val length = 1L + random.nextInt(4)
    val values = Values.usual(random)
    random.nextInt(4) match {
      case 0 if isInteger => (usual(random), values)
      case 0 => (usual(random), values)
      case 1 if !scalars(name) && !vectors(name) => (usual(random), values)
      case _ if name.endsWith("indices") && isInteger =>
        (Vector(length, 1L + random.nextInt(2)).take(1 + random.nextInt(2)), Values.small(random))
      case _ if name.contains("segment_ids") => (common.take(1), Values.sorted(random))
      case 2 if vectors(name) => (Vector(length), Values.small(random))
      case _ if scalars(name) => (Vector.empty, Values.small(random))
      case _ if vectors(name) => (Vector(length), Values.small(random))
      case _ => (common, values)
    }
  }

  def changed(dims: Vector[Long], random: Random): Vector[Long] =
    if (dims.isEmpty) Vector(1L + random.nextInt(3))
    else {
      val place = random.nextInt(dims.size)
      val size = Seq(0L, 1L, 2L, 3L, 4L, 5L, 8L, 17L, 64L, 1000L)(random.nextInt(10))
      bounded(random.nextInt(6) match {
        case 0 => dims.patch(place, Nil, 1)
        case 1 => dims.patch(place, Seq(size), 0)
        case 2 => dims.updated(place, dims(random.nextInt(dims.size)))
        case _ => dims.updated(place, size)
      })
    }

  /** Empty shapes with other dimensions of any size, long shapes, and shapes of many ranks. */
  def odd(random: Random): Vector[Long] = random.nextInt(8) match {
    case 0 => Vector(0)
    case 1 => Vector(0, 0)
    case 2 => Vector(0, 1L << 20)
    case 3 => Vector(1000, 0)
    case 4 => Vector(65537)
    case 5 => Vector.fill(6 + random.nextInt(6))(1L)
    case 6 => Vector(3L, 0L, 2L, 2L).take(2 + random.nextInt(3))
    case _ => Vector(1L << 20, 1)
  }

  private def bounded(dims: Vector[Long]): Vector[Long] =
    if (dims.contains(0L) || dims.foldLeft(1.0)(_ * _) <= MaxElements) dims
    else dims.map(_.min(8))
}
