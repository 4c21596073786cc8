package tfpredict.savedmodel

import java.nio.file.Files

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.SavedModel

import tfpredict.model.ModelDescription
import tfpredict.{ModelSpec, Settings, TestModels, UnsupportedModelException}

class ForbiddenOpsSuite extends AnyFunSuite {

  private def refused(spec: ModelSpec, settings: Settings = Settings.default): String =
    intercept[UnsupportedModelException](ModelDescription.of(spec, settings)).getMessage

  private def reads(signature: String): ModelSpec =
    TestModels.spec("reads").copy(signature = signature)

  test("ops that touch files or Python are refused, in library functions too, with the remedy") {
    for (
      (signature, op) <-
        Seq("read" -> "ReadFile", "script" -> "EagerPyFunc", "matching" -> "MatchingFiles")
    ) {
      val message = refused(reads(signature))
      assert(message.contains("a model that touches no files, processes, network or Python"))
      assert(message.contains(s"op $op, which ") && message.contains("in function "))
      assert(message.contains("allow them by name in spark.tfpredict.ops.allowed"))
    }
  }

  test("what a setting allows by name may run, and nothing else") {
    val files = Settings.default.copy(allowedOps = Set("ReadFile"))
    assert(ModelDescription.of(
      reads("read"),
      files
    ).signature.outputs.map(_.name) == Vector("text"))
    assert(refused(reads("matching"), files).contains("op MatchingFiles"))
  }

  test("a table of the model's own assets is allowed, of another file it is not") {
    val spec = TestModels.spec("lookup")
    assert(ModelDescription.of(spec).signature.outputs.size == 2)

    // The same model, whose table is filled from a file of the host.
    val root = TestModels.bare("lookup")
    val file = root.resolve("1/saved_model.pb")
    val model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder
    model.getMetaGraphsBuilder(0).clearAssetFileDef()
    Files.write(file, model.build().toByteArray)
    val message = refused(ModelSpec(root.toString))
    assert(message.contains("op InitializeTableFromTextFileV2, which reads or writes files"))
  }

  test("loading may restore variables, a signature may not") {
    assert(ForbiddenOps.reason("RestoreV2").isDefined)
    assert(ModelDescription.of(TestModels.spec("linear")).spec.version.isDefined)
  }

  test("every name in the table is an op of the runtime, or of newer ones") {
    val known = OpRegistry.runtime
    val families = Seq(
      "TextLineReaderV2",
      "TFRecordDataset",
      "WholeFileReader",
      "LMDBReader",
      "ExperimentalCSVDataset"
    )
    for (op <- families) {
      assert(known.contains(op), op)
      assert(ForbiddenOps.reason(op).contains("reads files"), op)
    }
    for (op <- Seq("ReadFile", "WriteFile", "PyFunc", "Abort", "RemoteCall", "SaveV2"))
      assert(known.contains(op) && ForbiddenOps.reason(op).isDefined, op)
    assert(Seq(
      "MatMul",
      "Assert",
      "HashTableV2",
      "StringSplit"
    ).forall(ForbiddenOps.reason(_).isEmpty))
  }
}
