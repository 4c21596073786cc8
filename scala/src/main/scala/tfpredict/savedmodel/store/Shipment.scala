package tfpredict.savedmodel.store

import java.io.{
  ByteArrayInputStream,
  ByteArrayOutputStream,
  DataInputStream,
  DataOutputStream,
  IOException
}
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.StandardOpenOption.{CREATE_NEW, READ, WRITE}
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}
import java.util.zip.CRC32

/**
 * A model's files one behind the other, cut into pieces of the same size. The last piece is
 * shorter.
 *
 * @param files
 *   all of the model's
 * @param pieceBytes
 *   the size of each piece but the last
 * @param checksums
 *   a CRC-32 of each piece
 */
final private[store] case class Shipment(
    files: Vector[ModelFile],
    pieceBytes: Int,
    checksums: Vector[Long]
) {
  import Shipment._

  /** Whether the bytes are those of a piece. */
  def isRight(piece: Int, bytes: Array[Byte]): Boolean =
    bytes.length == lengthOf(files, pieceBytes, piece) && checksum(bytes) == checksums(piece)

  /** Makes all files in an empty folder, without their bytes. */
  def outline(folder: Path): Unit = files.foreach { file =>
    val target = inside(folder, file)
    Files.createDirectories(target.getParent)
    FileChannel.open(target, CREATE_NEW, WRITE).close()
  }

  /** Writes a piece into the files that it belongs to. */
  def write(folder: Path, piece: Int, bytes: Array[Byte]): Unit =
    partsOf(files, pieceBytes, piece).foreach { part =>
      val channel = FileChannel.open(inside(folder, part.file), WRITE)
      try {
        val buffer = ByteBuffer.wrap(bytes, part.inPiece, part.length)
        var at = part.inFile
        while (buffer.hasRemaining) at += channel.write(buffer, at)
      } finally channel.close()
    }

  /** Gives the files their times, when all pieces are written. */
  def finish(folder: Path): Unit = files.foreach { file =>
    Files.setLastModifiedTime(inside(folder, file), FileTime.fromMillis(file.modified))
  }

  def toBytes: Array[Byte] = {
    val bytes = new ByteArrayOutputStream
    val out = new DataOutputStream(bytes)
    out.writeInt(pieceBytes)
    out.writeInt(files.size)
    files.foreach { file =>
      out.writeUTF(file.name)
      out.writeLong(file.length)
      out.writeLong(file.modified)
    }
    out.writeInt(checksums.size)
    checksums.foreach(out.writeLong)
    bytes.toByteArray
  }
}

private[store] object Shipment {

  /**
   * The size of a model's pieces. A host that begins when no other has a piece fetches one from the
   * driver: so a model of less than 64 blocks has smaller pieces.
   */
  def pieceBytes(model: Long, block: Int): Int =
    math.min(block.toLong, math.max(Least, model / Pieces)).toInt

  private val Least = 1L << 16
  private val Pieces = 64

  /** Reads what [[Shipment.toBytes]] wrote. */
  def from(bytes: Array[Byte]): Shipment = {
    val in = new DataInputStream(new ByteArrayInputStream(bytes))
    val pieceBytes = in.readInt()
    val files = Vector.fill(in.readInt())(ModelFile(in.readUTF(), in.readLong(), in.readLong()))
    Shipment(files, pieceBytes, Vector.fill(in.readInt())(in.readLong()))
  }

  /**
   * Cuts the files of a folder on the local disk, and gives each piece to `put`.
   *
   * @throws java.io.IOException
   *   if a file is shorter than it was when the folder was listed
   */
  def cut(folder: Path, files: Vector[ModelFile], pieceBytes: Int)(
      put: (Int, Array[Byte]) => Unit
  ): Shipment = {
    val count = math.ceil(files.map(_.length).sum.toDouble / pieceBytes).toInt
    val checksums = Vector.tabulate(count) { piece =>
      val bytes = new Array[Byte](lengthOf(files, pieceBytes, piece))
      partsOf(files, pieceBytes, piece).foreach(read(folder, _, bytes))
      put(piece, bytes)
      checksum(bytes)
    }
    Shipment(files, pieceBytes, checksums)
  }

  /** What a piece has of one file. */
  final private case class Part(file: ModelFile, inFile: Long, inPiece: Int, length: Int)

  private def partsOf(files: Vector[ModelFile], pieceBytes: Int, piece: Int): Vector[Part] = {
    val from = piece.toLong * pieceBytes
    val starts = files.scanLeft(0L)(_ + _.length)
    for {
      (file, start) <- files.zip(starts)
      first = math.max(start, from)
      end = math.min(start + file.length, from + pieceBytes)
      if first < end
    } yield Part(file, first - start, (first - from).toInt, (end - first).toInt)
  }

  private def lengthOf(files: Vector[ModelFile], pieceBytes: Int, piece: Int): Int =
    partsOf(files, pieceBytes, piece).map(_.length).sum

  private def read(folder: Path, part: Part, into: Array[Byte]): Unit = {
    val channel = FileChannel.open(inside(folder, part.file), READ)
    try {
      val buffer = ByteBuffer.wrap(into, part.inPiece, part.length)
      var at = part.inFile
      while (buffer.hasRemaining) {
        val count = channel.read(buffer, at)
        if (count < 0) throw new IOException(s"$folder/${part.file.name} became shorter")
        at += count
      }
    } finally channel.close()
  }

  private def inside(folder: Path, file: ModelFile): Path = {
    val target = folder.resolve(file.name).normalize
    if (!target.startsWith(folder)) throw new IOException(s"$folder has no place for ${file.name}")
    target
  }

  private def checksum(bytes: Array[Byte]): Long = {
    val crc = new CRC32
    crc.update(bytes, 0, bytes.length)
    crc.getValue
  }
}
