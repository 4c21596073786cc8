package tfpredict.savedmodel.adapt

import java.nio.{ByteBuffer, ByteOrder}

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, SavedModel}

import tfpredict.savedmodel.adapt.rules.WideTensors
import tfpredict.tensor.{DType, NumberTensor}

/** Handles dtypes that columns do not support, which the adapted graph replaces with wider ones. */
private[tfpredict] object SmallNumbers {

  /** Whether a model uses float16 or bfloat16, which round much. */
  def areIn(model: SavedModel): Boolean =
    model.getMetaGraphsList.asScala.exists { graph =>
      val nodes = graph.getGraphDef.getNodeList.asScala ++
        graph.getGraphDef.getLibrary.getFunctionList.asScala.flatMap(_.getNodeDefList.asScala)
      nodes.exists(_.getAttrMap.values.asScala.exists { value =>
        value.getType == DT_HALF || value.getType == DT_BFLOAT16
      })
    }

  /** The same numbers in the wider dtype, or none if a column supports the dtype itself. */
  private[savedmodel] def widened(
      dtype: DataType,
      shape: Array[Long],
      bytes: ByteBuffer
  ): Option[NumberTensor] =
    WideTensors.wider.get(dtype).map { wide =>
      val of = DType.ofNumber(wide.getNumber)
      val size = DType.ofNumber(dtype.getNumber).bytes
      val small = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN)
      val count = small.remaining / size
      val buffer = ByteBuffer.allocateDirect(count * of.bytes).order(ByteOrder.nativeOrder)
      for (index <- 0 until count) put(dtype, small, small.position() + index * size, buffer)
      buffer.flip()
      new NumberTensor(of, shape, buffer)
    }

  private def put(dtype: DataType, from: ByteBuffer, at: Int, to: ByteBuffer): Unit = {
    dtype match {
      case DT_INT8 => to.putInt(from.get(at).toInt)
      case DT_INT16 => to.putInt(from.getShort(at).toInt)
      case DT_UINT16 => to.putInt(from.getShort(at) & 0xffff)
      case DT_UINT32 => to.putLong(from.getInt(at) & 0xffffffffL)
      case DT_UINT64 => to.putLong(from.getLong(at))
      case DT_BFLOAT16 => to.putInt(from.getShort(at) << 16)
      case _ => to.putFloat(half(from.getShort(at)))
    }
    ()
  }

  // A half has a sign, 5 bits of exponent and 10 bits of fraction. Java has no such conversion
  // before version 20.
  private def half(bits: Short): Float = {
    val exponent = bits >> 10 & 31
    val fraction = bits & 1023
    val size = exponent match {
      case 0 => Math.scalb(fraction.toFloat, -24)
      case 31 => if (fraction == 0) Float.PositiveInfinity else Float.NaN
      case _ => Math.scalb((fraction | 1024).toFloat, exponent - 25)
    }
    if (bits < 0) -size else size
  }
}
