package tfpredict.fuzz

import java.util.Base64

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}

import tfpredict.TestModels
import tfpredict.tensor.{DType, Signature, TensorSpec}

/** A row for which a model has a result, and TensorFlow's own result. */
final case class GoodRow(cells: Vector[Cell], answer: Vector[Cell])

/** The rows that `make models` keeps with the models to be fuzzed. */
object GoodRows {
  private lazy val kept: JsonNode =
    new ObjectMapper().readTree(TestModels.made.resolve("fuzzed/rows.json").toFile)

  /** The models' names. */
  def models: Seq[String] = kept.fieldNames.asScala.toSeq

  def of(model: String, signature: Signature): Vector[GoodRow] =
    kept.get(model).elements.asScala.toVector.map { row =>
      GoodRow(cells(row.get("row"), signature.inputs), cells(row.get("answer"), signature.outputs))
    }

  private def cells(values: JsonNode, tensors: Vector[TensorSpec]): Vector[Cell] =
    tensors.map { tensor =>
      val value = values.get(tensor.name)
      val shape = value.get("shape").elements.asScala.map(_.asInt).toVector
      Cell(shape, value.get("values").elements.asScala.map(element(_, tensor.dtype)).toVector)
    }

  private def element(value: JsonNode, dtype: DType): Any = dtype match {
    case DType.Float32 => value.asText.toFloat
    case DType.Float64 => value.asText.toDouble
    case DType.Int32 => value.asInt
    case DType.Int64 => value.asLong
    case DType.UInt8 => value.asInt.toShort
    case DType.Bool => value.asBoolean
    case _ => Base64.getDecoder.decode(value.asText)
  }
}
