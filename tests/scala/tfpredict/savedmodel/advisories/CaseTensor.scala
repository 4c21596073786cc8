package tfpredict.savedmodel.advisories

import com.google.protobuf.ByteString
import org.tensorflow.framework.TensorShapeProto.Dim
import org.tensorflow.framework.{DataType, TensorProto, TensorShapeProto}

/** A constant of a case. Its values repeat until its shape is full. */
private[advisories] object CaseTensor {
  import DataType._

  def of(dtype: DataType, shape: Seq[Long], values: Seq[String]): TensorProto = {
    val sizes = TensorShapeProto.newBuilder()
    shape.foreach(size => sizes.addDim(Dim.newBuilder.setSize(size)))
    val tensor = TensorProto.newBuilder().setDtype(dtype).setTensorShape(sizes)
    val size = shape.product
    // The runtime repeats the last value, so a large tensor of one value is short here.
    val written = if (values.distinct.size == 1) math.min(size, 1L) else size
    (0L until written).foreach(at => add(tensor, dtype, values((at % values.size).toInt)))
    tensor.build()
  }

  private def add(tensor: TensorProto.Builder, dtype: DataType, text: String): Unit = {
    def real: Double = text match {
      case "nan" => Double.NaN
      case "inf" => Double.PositiveInfinity
      case "-inf" => Double.NegativeInfinity
      case number => number.toDouble
    }
    dtype match {
      case DT_FLOAT => tensor.addFloatVal(real.toFloat)
      case DT_DOUBLE => tensor.addDoubleVal(real)
      case DT_INT64 => tensor.addInt64Val(text.toLong)
      case DT_UINT64 => tensor.addUint64Val(text.toLong)
      case DT_UINT32 => tensor.addUint32Val(text.toLong.toInt)
      case DT_BOOL => tensor.addBoolVal(text == "1" || text == "true")
      case DT_STRING => tensor.addStringVal(ByteString.copyFrom(escaped(text)))
      case DT_COMPLEX64 => tensor.addScomplexVal(real.toFloat).addScomplexVal(0f)
      case DT_COMPLEX128 => tensor.addDcomplexVal(real).addDcomplexVal(0d)
      // Half precision is written as bits: 1 is 0x3c00, or 0x3f80 for bfloat16.
      case DT_HALF => tensor.addHalfVal(if (real == 0) 0 else if (real.isNaN) 0x7e00 else 0x3c00)
      case DT_BFLOAT16 =>
        tensor.addHalfVal(if (real == 0) 0 else if (real.isNaN) 0x7fc0 else 0x3f80)
      case _ => tensor.addIntVal(text.toLong.toInt)
    }
    ()
  }

  /** A byte that a text file cannot hold is written `\ff`, and a comma `\2c`. */
  private def escaped(text: String): Array[Byte] = {
    val byte = """\\([0-9a-f]{2})|([^\\])""".r
    byte.findAllMatchIn(text).flatMap { found =>
      if (found.group(1) != null) Array(Integer.parseInt(found.group(1), 16).toByte)
      else found.group(2).getBytes("UTF-8")
    }.toArray
  }
}
