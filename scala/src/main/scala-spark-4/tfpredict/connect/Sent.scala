package tfpredict.connect

import java.io.IOException
import java.util.{List => JList, Map => JMap}

import scala.collection.JavaConverters._

import com.fasterxml.jackson.core.StreamReadFeature
import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.json.JsonMapper
import org.sparkproject.connect.protobuf.{Any => ProtoAny}

import tfpredict.messages.{ErrorClass, IllegalValue}

/**
 * Parses messages from clients. Anyone who reaches the server may send anything, so a message in
 * another form is refused before any of it is used.
 */
private[connect] object Sent {
  // Enough for a path, names and options, and for the column expressions of a prediction.
  private val Longest = 1 << 20

  private val mapper = JsonMapper
    .builder()
    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
    .build()

  /**
   * Returns the contents of an extension of this kind, or none if it belongs to another package.
   */
  def of(extension: Array[Byte], kind: String): Option[Array[Byte]] = {
    val sent = ProtoAny.parseFrom(extension)
    if (sent.getTypeUrl != kind) None
    else {
      val length = sent.getValue.size
      IllegalValue.unless(length <= Longest, ErrorClass.ConnectRequest)(
        s"at most $Longest bytes of $kind",
        s"$length bytes",
        "Send less."
      )
      Some(sent.getValue.toByteArray)
    }
  }

  /**
   * Reads a JSON list of strings, integers, flags, lists of strings, and maps of these. Nulls are
   * refused.
   */
  def list(kind: String, json: Array[Byte]): Seq[Any] = {
    val read =
      try mapper.readValue(json, classOf[Object])
      catch { case _: IOException => refuse(kind, "what is not JSON") }
    read match {
      case values: JList[_] if values.asScala.forall(isPlain(_, depth = 2)) => values.asScala.toSeq
      case _ => refuse(kind, "JSON of another form")
    }
  }

  /** Returns options by name from such a list. */
  def options(sent: JMap[_, _]): JMap[String, Object] =
    sent.asScala.map { case (name, value) =>
      name.toString -> value.asInstanceOf[Object]
    }.asJava

  def refuse(kind: String, why: String): Nothing =
    throw IllegalValue.of(
      ErrorClass.ConnectRequest,
      s"$kind as the Python package tfpredict sends it",
      why,
      "Use that package, in the version of the server's jar."
    )

  private def isPlain(value: Any, depth: Int): Boolean = value match {
    case _: String | _: Integer | _: java.lang.Long | _: java.lang.Boolean => true
    case values: JList[_] => values.asScala.forall(_.isInstanceOf[String])
    case fields: JMap[_, _] => depth > 1 && fields.values.asScala.forall(isPlain(_, depth - 1))
    case _ => false
  }
}
