package tfpredict.fuzz

import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.savedmodel.fuzz.Outcome.Died

/** A selection of the cases of `make fuzz-rows`. Takes less than a minute. */
class FuzzRowsSuite extends AnyFunSuite {

  private def folder: Path = Files.createTempDirectory("fuzz-rows-")

  // One of each kind.
  private val some =
    Seq("text_ops", "sparse_lookup", "ragged_rows", "any_pictures", "steps_lstm") ++
      Seq("vocabulary_file", "reshaped", "parsed_features")

  test("random rows are predicted or rejected, and crash no process") {
    val results = FuzzRows.pass(some, budget = 60, seed = 5, folder, workers = 2)
    assert(results.flatMap(_.findings).isEmpty)
    assert(results.map(_.model) == some.sorted)
    // The rows are a mix of good and bad ones.
    for (result <- results) {
      assert(result.rows >= 60, result.model)
      assert(result.answered > 0, result.model)
    }
    assert(results.map(_.rejected).sum > 0)
    assert(results.map(_.failed).sum > 0)
  }

  test("a process that crashes is noticed, reported and restarted") {
    val process = FuzzRows.start(folder)
    try {
      val named = RowCase("reshaped", 7).toString
      val before = process.ask(named)
      assert(before.isRight)
      process.kill()
      assert(process.ask(named).left.exists(_.isInstanceOf[Died]))
      assert(process.ask(named) == before)
    } finally process.close()
  }

  test("a case's name always gives the same rows, and numbers select some of them") {
    for (model <- some; seed <- 1 to 9) {
      val named = RowCase(model, seed)
      assert(ShownRows(named) == ShownRows(RowCase.parse(named.toString)))
      val last = named.copy(only = Some(Seq(named.size - 1)))
      assert(ShownRows(named).endsWith(ShownRows(RowCase.parse(last.toString)).tail))
    }
  }
}
