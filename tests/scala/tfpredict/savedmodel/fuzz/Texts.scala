package tfpredict.savedmodel.fuzz

import java.io.ByteArrayOutputStream
import java.nio.{ByteBuffer, ByteOrder}
import java.util.Base64
import java.util.zip.{DeflaterOutputStream, GZIPOutputStream}

import scala.util.Random

import com.google.protobuf.ByteString
import org.tensorflow.example.{Example, SequenceExample}
import org.tensorflow.framework.DataType

/** Strings that ops may parse: pictures, sound, protocol buffers, numbers, patterns, and noise. */
object Texts {

  /** Returns a source of texts. */
  def of(seed: Int, isSpoiled: Boolean): () => ByteString = {
    val random = new Random(seed.toLong)
    // All texts of one tensor are alike, like those of a column.
    val sample = samples(random.nextInt(samples.size))
    () => if (isSpoiled) spoiled(sample, random) else sample
  }

  private def spoiled(sample: ByteString, random: Random): ByteString = {
    val bytes = sample.toByteArray
    random.nextInt(4) match {
      case 0 => ByteString.copyFrom(bytes.take(random.nextInt(bytes.length + 1)))
      case 1 => sample.concat(sample)
      case _ =>
        for (_ <- 0 to random.nextInt(4) if bytes.nonEmpty)
          bytes(random.nextInt(bytes.length)) =
            Seq(0, -1, 127, -128, random.nextInt())(random.nextInt(5)).toByte
        ByteString.copyFrom(bytes)
    }
  }

  private lazy val samples: IndexedSeq[ByteString] = {
    val words =
      Seq("", "a", "12", "-3.5", "1e400", "nan", "abc def  ghi", "x" * 10000, "a,b,,\"c\"") ++
        Seq(
          "(a|b)*c+",
          "[",
          "%d",
          "%s %s",
          "\\1",
          "a" * 40 + "[",
          "{\"features\":{}}",
          "\u00e9\u4e2d"
        ) ++
        Seq(
          "YWJj",
          "////",
          "2020-01-01",
          "0x1f",
          "99999999999999999999",
          "a\nb\nc",
          "ScalarMul",
          "\u0000"
        ) ++
        Seq(
          "node { name: \"a\" op: \"NoOp\" }",
          "(" * 2000,
          "a{1000}{1000}",
          "UTF-8",
          "ab->ac",
          "1,2,3"
        )
    val pictures = Pictures.all.map(text => ByteString.copyFrom(Base64.getDecoder.decode(text)))
    val values = Values(0, 1).tensor(DataType.DT_FLOAT, Vector(2, 3)).toByteString
    val plain = words.map(ByteString.copyFromUtf8) ++ pictures ++
      Seq(wave, example, sequence, values, ByteString.copyFrom(Array.fill[Byte](64)(-1)))
    (plain ++ plain.take(8).flatMap(packed)).toIndexedSeq
  }

  private def wave: ByteString = {
    val buffer = ByteBuffer.allocate(60).order(ByteOrder.LITTLE_ENDIAN)
    buffer.put("RIFF".getBytes).putInt(52).put("WAVEfmt ".getBytes).putInt(16)
    buffer.putShort(1).putShort(1).putInt(8000).putInt(16000).putShort(2).putShort(16)
    buffer.put("data".getBytes).putInt(16)
    ByteString.copyFrom(buffer.array)
  }

  private def example: ByteString = {
    val made = Example.newBuilder()
    val feature = made.getFeaturesBuilder
    feature.putFeature("a", numbers)
    feature.putFeature("12", numbers)
    made.build().toByteString
  }

  private def numbers = {
    val feature = org.tensorflow.example.Feature.newBuilder()
    feature.getFloatListBuilder.addValue(1).addValue(2)
    feature.build()
  }

  private def sequence: ByteString = {
    val made = SequenceExample.newBuilder()
    made.getContextBuilder.putFeature("a", numbers)
    val list =
      org.tensorflow.example.FeatureList.newBuilder().addFeature(numbers).addFeature(numbers)
    made.getFeatureListsBuilder.putFeatureList("12", list.build())
    made.build().toByteString
  }

  private def packed(text: ByteString): Seq[ByteString] =
    Seq(
      (out: ByteArrayOutputStream) => new GZIPOutputStream(out),
      (out: ByteArrayOutputStream) => new DeflaterOutputStream(out)
    ).map {
      make =>
        val out = new ByteArrayOutputStream
        val packing = make(out)
        packing.write(text.toByteArray)
        packing.close()
        ByteString.copyFrom(out.toByteArray)
    }
}
