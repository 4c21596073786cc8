package tfpredict.savedmodel.adapt

import java.io.{BufferedOutputStream, IOException}
import java.nio.file.{Files, Path}
import java.nio.{ByteBuffer, ByteOrder}

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework.{NamedTensorProto, TensorProto, TensorShapeProto}

import tfpredict.messages.ErrorClass
import tfpredict.tensor.{DType, HostTensor, NumberTensor, RaggedTensor, StringTensor}
import tfpredict.{ModelLoadException, ModelSpec}

/**
 * Example rows for one signature of a model, and TensorFlow's own answers to them. The keys are the
 * tensors' names in the signature.
 */
final private[tfpredict] case class Examples(
    signature: String,
    inputs: Map[String, HostTensor],
    outputs: Map[String, HostTensor]
)

/**
 * Reads and writes the examples of `tfpredict.export(..., examples=...)`: length-prefixed
 * `NamedTensorProto`s.
 */
private[tfpredict] object ExampleFile {
  val Name = "assets.extra/tfpredict_examples.pb"

  /** The examples of each signature that has some, sorted by the signature's name. */
  def read(model: ModelSpec, directory: Path): Seq[Examples] = {
    val file = directory.resolve(Name)
    if (!Files.isRegularFile(file)) Nil
    else {
      val tensors =
        try messages(file)
        catch {
          case broken @ (_: IOException | _: RuntimeException) =>
            throw new ModelLoadException(
              ErrorClass.ModelDamaged,
              model.label,
              "complete examples",
              s"a damaged $file ($broken)",
              "Copy or export the model again.",
              broken
            )
        }
      tensors.groupBy(_._1.head).toSeq.sortBy(_._1).map {
        case (signature, named) =>
          def of(kind: String) =
            named.collect { case (Seq(_, `kind`, name), tensor) => name -> tensor }.toMap
          Examples(signature, of("inputs"), of("outputs"))
      }
    }
  }

  /** Writes examples into a model's folder, with the dtypes that they have in memory. */
  def write(directory: Path, examples: Seq[Examples]): Unit = {
    val file = directory.resolve(Name)
    Files.createDirectories(file.getParent)
    val stream = new BufferedOutputStream(Files.newOutputStream(file))
    try
      for {
        kept <- examples
        (kind, tensors) <- Seq("inputs" -> kept.inputs, "outputs" -> kept.outputs)
        (name, tensor) <- tensors.toSeq.sortBy(_._1)
      } NamedTensorProto
        .newBuilder()
        .setName(s"${kept.signature}/$kind/$name")
        .setTensor(message(tensor))
        .build()
        .writeDelimitedTo(stream)
    finally stream.close()
  }

  private def message(tensor: HostTensor): TensorProto = {
    val shape = TensorShapeProto.newBuilder()
    tensor.shape.foreach(size => shape.addDimBuilder().setSize(size))
    val proto = TensorProto.newBuilder().setTensorShape(shape).setDtypeValue(tensor.dtype.number)
    tensor match {
      case strings: StringTensor =>
        (0 until strings.size).foreach(i => proto.addStringVal(ByteString.copyFrom(strings(i))))
      case numbers: NumberTensor =>
        proto.setTensorContent(ByteString.copyFrom(numbers.buffer.duplicate()))
      case _: RaggedTensor => throw new IllegalArgumentException("no example is ragged")
    }
    proto.build()
  }

  private def messages(file: Path): Seq[(Seq[String], HostTensor)] = {
    val stream = Files.newInputStream(file)
    try
      Iterator
        .continually(NamedTensorProto.parseDelimitedFrom(stream))
        .takeWhile(_ != null)
        .map { message =>
          val place = message.getName.split("/", 3).toSeq
          require(place.size == 3, s"a tensor called ${message.getName}")
          place -> tensor(message.getTensor)
        }
        .toList
    finally stream.close()
  }

  private def tensor(proto: TensorProto): HostTensor = {
    val shape = proto.getTensorShape.getDimList.asScala.map(_.getSize).toArray
    DType.ofNumber(proto.getDtypeValue) match {
      case DType.Utf8 =>
        StringTensor.of(shape, proto.getStringValList.asScala.map(_.toByteArray).toArray)
      case dtype =>
        val content = proto.getTensorContent.asReadOnlyByteBuffer()
        SmallNumbers.widened(proto.getDtype, shape, content).getOrElse {
          val buffer = ByteBuffer.allocateDirect(content.remaining).order(ByteOrder.nativeOrder)
          buffer.put(content)
          buffer.flip()
          new NumberTensor(dtype, shape, buffer)
        }
    }
  }
}
