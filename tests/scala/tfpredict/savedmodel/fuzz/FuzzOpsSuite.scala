package tfpredict.savedmodel.fuzz

import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

/** A selection of the cases of `make fuzz-ops`. Takes half a minute. */
class FuzzOpsSuite extends AnyFunSuite {
  import Outcome._

  private def folder: Path = Files.createTempDirectory("fuzz-ops-")

  // The ops that most models use.
  private val usual =
    Seq("MatMul", "Relu", "Softmax", "GatherV2", "Reshape", "Pad", "Sum", "Cast") ++
      Seq("DecodePng", "DecodeJpeg", "DecodeGif", "DecodeBmp", "StringSplitV2", "Where", "Tile") ++
      Seq("ConcatV2", "StridedSlice", "ParseSingleExample", "LookupTableFindV2", "ResizeBilinear")

  test("random cases of usual ops run or are refused, and crash no process") {
    val results = FuzzOps.pass(usual, budget = 20, seed = 11, folder, workers = 1)
    assert(results.flatMap(_.findings).isEmpty)
    assert(results.map(_.op) == usual.sorted)
    // The cases reach the kernels.
    assert(results.count(_.answered > 0) > usual.size / 2)
    assert(results.map(_.runs).sum > usual.size * 15)
  }

  test("a case's name always gives the same case") {
    for (op <- Seq("Conv2D", "ParseExample", "MapDataset", "TensorListConcatV2"); seed <- 1 to 20) {
      val lineage = Vector(seed, seed + 1, seed + 2)
      assert(OpCase.of(OpCase.ops(op), lineage) == OpCase.of(OpCase.ops(op), lineage))
    }
    assert(FuzzedCase.parse("Conv2D 1.2.3").toString == "Conv2D 1.2.3")
  }

  test("a process that crashes is noticed, reported and restarted") {
    val process = new FuzzedProcess(folder, seconds = 20)
    try {
      val named = FuzzedCase("Relu", Vector(1))
      val before = process.run(named)
      process.kill()
      assert(process.run(named).isInstanceOf[Died])
      assert(process.isFresh)
      assert(process.run(named) == before)
      // A case that would crash the process never reaches it.
      assert(process.run(FuzzedCase("Abort", Vector(1))).toString.contains("ends the process"))
    } finally process.close()
  }

  test("every op that a model may have takes part, and no other") {
    assert(FuzzOps.all.contains("Conv2D") && FuzzOps.all.size > 500)
    assert(!FuzzOps.all.contains("ReadFile") && !FuzzOps.all.contains("Abort"))
  }
}
