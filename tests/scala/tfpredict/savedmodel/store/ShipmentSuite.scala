package tfpredict.savedmodel.store

import java.io.IOException
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}

import scala.util.Random

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.TestModels

/** A model's files in pieces, and in files again. */
class ShipmentSuite extends AnyFunSuite {

  private def folder(lengths: Int*): Path = {
    val made = Files.createTempDirectory("ship-")
    lengths.zipWithIndex.foreach { case (length, index) =>
      val file = made.resolve(s"folder${index % 2}/file$index")
      Files.createDirectories(file.getParent)
      Files.write(file, Random.nextString(length).getBytes("UTF-8").take(length))
      Files.setLastModifiedTime(file, FileTime.fromMillis(1000000L + index))
    }
    made
  }

  private def cut(from: Path, pieceBytes: Int): (Shipment, Map[Int, Array[Byte]]) = {
    val pieces = Map.newBuilder[Int, Array[Byte]]
    val files = ModelFolder.local(from).files.toVector
    val shipment = Shipment.cut(from, files, pieceBytes) { (piece, bytes) =>
      pieces += piece -> bytes
    }
    (shipment, pieces.result())
  }

  private def bytesIn(folder: Path): Seq[(ModelFile, Seq[Byte])] =
    ModelFolder.local(folder).files.map { file =>
      (file, Files.readAllBytes(folder.resolve(file.name)).toSeq)
    }

  test("pieces in any order make the same files, with their times") {
    for {
      lengths <- Seq(Seq(1), Seq(0, 10, 0), Seq(7, 3, 20), Seq(30, 0, 1, 0), Seq.fill(9)(5))
      pieceBytes <- Seq(1, 3, 5, 10, 11, 1000)
    } {
      val from = folder(lengths: _*)
      val (shipment, pieces) = cut(from, pieceBytes)
      assert(pieces.values.map(_.length).sum == lengths.sum)
      val received = Shipment.from(shipment.toBytes)
      val to = Files.createTempDirectory("received-")
      received.outline(to)
      Random.shuffle(pieces.toSeq).foreach { case (piece, bytes) =>
        assert(received.isRight(piece, bytes))
        received.write(to, piece, bytes)
      }
      received.finish(to)
      assert(bytesIn(to) == bytesIn(from), s"$lengths in pieces of $pieceBytes")
    }
  }

  test("small models have small pieces, and large ones have Spark's blocks") {
    val block = 4 << 20
    assert(Shipment.pieceBytes(20000, block) == 65536)
    assert(Shipment.pieceBytes(100000000, block) == 1562500)
    assert(Shipment.pieceBytes(1000000000, block) == block)
    assert(Shipment.pieceBytes(20000, 1024) == 1024)
  }

  test("a model's fingerprint is the same afterwards") {
    val from = TestModels.made.resolve("linear/1")
    val (shipment, pieces) = cut(from, 1000)
    assert(pieces.size > 10)
    val to = Files.createTempDirectory("received-")
    shipment.outline(to)
    pieces.foreach { case (piece, bytes) => shipment.write(to, piece, bytes) }
    shipment.finish(to)
    assert(
      Fingerprint.of(ModelFolder.local(to)) == Fingerprint.of(ModelFolder.local(from))
    )
  }

  test("another byte, a missing one and another piece are found out") {
    val (shipment, pieces) = cut(folder(25), 10)
    val bytes = pieces(1)
    assert(shipment.isRight(1, bytes))
    assert(!shipment.isRight(1, bytes.updated(3, (bytes(3) + 1).toByte)))
    assert(!shipment.isRight(1, bytes.dropRight(1)))
    assert(!shipment.isRight(0, bytes))
  }

  test("a file that became shorter while it is cut is refused") {
    val from = folder(20)
    val files = ModelFolder.local(from).files.toVector
    Files.write(from.resolve(files.head.name), Array[Byte](1))
    val refused = intercept[IOException](Shipment.cut(from, files, 10)((_, _) => ()))
    assert(refused.getMessage.contains("became shorter"))
  }

  test("a name that leads out of the folder is refused") {
    val shipment = Shipment(Vector(ModelFile("../out", 1, 0)), 10, Vector(0L))
    val to = Files.createTempDirectory("received-")
    val refused = intercept[IOException](shipment.outline(to))
    assert(refused.getMessage.contains("no place for ../out"))
    assert(Files.notExists(to.resolveSibling("out")))
  }
}
