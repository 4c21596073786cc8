package tfpredict.savedmodel.adapt

import java.nio.file.Files

import com.google.protobuf.ByteString
import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, NodeDef, SavedModel}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.engine.OpClass
import tfpredict.model.ModelDescription
import tfpredict.{ModelSpec, Settings, TestModels, UnsupportedModelException}

class ForbiddenOpsSuite extends AnyFunSuite {

  private def refused(spec: ModelSpec, settings: Settings = Settings.default): String =
    intercept[UnsupportedModelException](ModelDescription.of(spec, settings)).getMessage

  private def reads(signature: String): ModelSpec =
    TestModels.spec("reads").copy(signature = signature)

  test("ops that touch files or Python are refused, also in library functions, with a fix") {
    for (
      (signature, op) <-
        Seq("read" -> "ReadFile", "script" -> "EagerPyFunc", "matching" -> "MatchingFiles")
    ) {
      val message = refused(reads(signature))
      assert(message.contains("a model that touches no files, processes, network or Python"))
      assert(message.contains(s"op $op, which ") && message.contains("in function "))
      // A setting that does not help is not named.
      if (op == "EagerPyFunc")
        assert(message.contains("No setting helps, because") && message.contains("in Spark"))
      else assert(message.contains("allow them by name in spark.tfpredict.ops.allowed"))
    }
  }

  test("only ops that a setting allows by name may run") {
    val files = Settings.default.copy(allowedOps = Set("ReadFile"))
    assert(ModelDescription.of(
      reads("read"),
      files
    ).signature.outputs.map(_.name) == Vector("text"))
    assert(refused(reads("matching"), files).contains("op MatchingFiles"))
  }

  test("a table may read the model's own assets, and no other file") {
    val spec = TestModels.spec("lookup")
    assert(ModelDescription.of(spec).signature.outputs.size == 2)

    // The same model with a table that reads a file of the host.
    val root = TestModels.bare("lookup")
    val file = root.resolve("1/saved_model.pb")
    val model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder
    model.getMetaGraphsBuilder(0).clearAssetFileDef()
    Files.write(file, model.build().toByteArray)
    val message = refused(ModelSpec(root.toString))
    assert(message.contains("op InitializeTableFromTextFileV2, which reads a file into a table"))
  }

  test("loading may restore variables, but a signature may not") {
    assert(reason("RestoreV2").contains("reads variables from a checkpoint"))
    assert(ModelDescription.of(TestModels.spec("linear")).spec.version.isDefined)
  }

  private def reason(op: String, attributes: (String, String)*): Option[String] = {
    val node = NodeDef.newBuilder().setOp(op)
    attributes.foreach { case (name, value) =>
      node.putAttr(
        name,
        AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build()
      )
    }
    ForbiddenOps.reason(node.build())
  }

  test("ops that compute or keep their state in the session may run, and no others") {
    Seq("MatMul", "Assert", "HashTableV2", "StringSplit", "RandomUniform", "If", "PrintV2")
      .foreach(op => assert(reason(op).isEmpty, op))
    catalog.classes.all.foreach { case (op, found) =>
      val may = found.group == OpClass.Pure || found.group == OpClass.State
      assert(reason(op).isEmpty == may, op)
    }
  }

  test("an attribute says whether a print and a protocol buffer touch files") {
    for (log <- Seq("stderr", "stdout", "log(info)", "log(warning)", "log(error)"))
      assert(reason("PrintV2", "output_stream" -> log).isEmpty)
    assert(reason("PrintV2", "output_stream" -> "file:///tmp/printed").contains(
      "with output_stream=file:///tmp/printed writes a file"
    ))
    for (op <- Seq("DecodeProtoV2", "EncodeProto")) {
      for (source <- Seq("", "local://", "bytes://\n"))
        assert(reason(op, "descriptor_source" -> source).isEmpty)
      assert(reason(op, "descriptor_source" -> "/etc/passwd").exists(
        _.endsWith("reads a file of descriptors")
      ))
    }
  }
}
