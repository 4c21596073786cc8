package tfpredict.savedmodel.format

import java.nio.file.{Files, Path}

import scala.util.Random

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.TestModels

class VariableIndexSuite extends AnyFunSuite {
  private val file: Path = TestModels.made.resolve("lstm/1/variables/variables.index")

  test("the tensors of a checkpoint and the lengths of its shards") {
    val index = VariableIndex.read(file)
    assert(index.shards == 1)
    assert(index.tensors.contains("_CHECKPOINTABLE_OBJECT_GRAPH"))
    assert(index.tensors.exists(_.endsWith(".ATTRIBUTES/VARIABLE_VALUE")))
    val data = file.resolveSibling("variables.data-00000-of-00001")
    assert(index.shardLengths == Map(0 -> Files.size(data)))
  }

  test("any damage gives an error or the original contents") {
    val whole = Files.readAllBytes(file)
    val before = VariableIndex.read(file)
    val random = new Random(11)
    val damaged = Files.createTempFile("variables-", ".index")
    var refused = 0
    for (_ <- 1 to 3000) {
      val bytes = whole.clone()
      for (_ <- 1 to 1 + random.nextInt(4))
        bytes(random.nextInt(bytes.length)) = random.nextInt().toByte
      val length = if (random.nextInt(4) > 0) bytes.length else random.nextInt(bytes.length)
      Files.write(damaged, bytes.take(length))
      try assert(VariableIndex.read(damaged) == before)
      catch { case _: IllegalArgumentException => refused += 1 }
    }
    Files.delete(damaged)
    assert(refused > 2000)
  }
}
