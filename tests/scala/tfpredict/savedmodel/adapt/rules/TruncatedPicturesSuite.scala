package tfpredict.savedmodel.adapt.rules

import java.util.Base64

import scala.collection.JavaConverters._
import scala.util.Try

import com.google.protobuf.ByteString
import org.tensorflow.framework.{AttrValue, DataType, GraphDef, TensorProto}
import org.tensorflow.{Graph, Session}

import tfpredict.engine.tensorflow1.NativeLibraries

class TruncatedPicturesSuite extends RuleSuite(TruncatedPictures) {

  private def flag(value: Boolean): AttrValue = AttrValue.newBuilder().setB(value).build()

  private val pixels = "ratio" -> Fragment.number(2)

  test("a truncated picture to be recovered is decoded like a complete one") {
    for (op <- Seq("DecodeJpeg", "DecodeAndCropJpeg")) {
      val found = node(op, "text")("try_recover_truncated" -> flag(true), pixels)
      val Seq(only) = replacement(found)
      assert(only == node(op, "text")("try_recover_truncated" -> flag(false), pixels))
    }
  }

  test("others are kept") {
    assertKept(node("DecodeJpeg", "text")(pixels))
    assertKept(node("DecodeJpeg", "text")("try_recover_truncated" -> flag(false)))
  }

  // A JPEG with its tables of codes, but without pixels.
  private val endless =
    "/9j/4AAQSkZJRgABAQEBLAEsAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkI" +
      "BgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoK" +
      "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAATABEDASIAAhEBAxEB/8QAHwAAAQUBAQEB" +
      "AQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKB" +
      "kaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1" +
      "dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl" +
      "5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/w=="

  test("a picture that the runtime would read forever is an error") {
    NativeLibraries.load()
    val picture = TensorProto.newBuilder().setDtype(DataType.DT_STRING)
      .addStringVal(ByteString.copyFrom(Base64.getDecoder.decode(endless)))
    val text = node("Const")(
      "dtype" -> dtype(DataType.DT_STRING),
      "value" -> AttrValue.newBuilder().setTensor(picture).build()
    ).toBuilder.setName("text").build()
    val decode = replacement(node("DecodeJpeg", "text")("try_recover_truncated" -> flag(true)))
    val graph = new Graph
    try {
      graph.importGraphDef(
        GraphDef.newBuilder().addNode(text).addAllNode(decode.asJava).build().toByteArray
      )
      val session = new Session(graph)
      try assert(Try(session.runner().addTarget("node").run()).failed.get.getMessage
          .contains("Invalid JPEG data"))
      finally session.close()
    } finally graph.close()
  }
}
