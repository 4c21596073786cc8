package tfpredict.savedmodel.format

import java.nio.charset.StandardCharsets
import java.nio.file.{Files, Path}
import java.nio.{BufferUnderflowException, ByteBuffer, ByteOrder}

import scala.collection.mutable.ListBuffer

import org.apache.hadoop.util.PureJavaCrc32C
import org.tensorflow.util.{BundleEntryProto, BundleHeaderProto}

/**
 * The content of `variables.index`: the tensors of a checkpoint, and the length of each shard. This
 * class reads the file and verifies its checksums in plain JVM code, since native code ends the
 * process on some damaged files.
 *
 * The file is a LevelDB table. Sources: LevelDB's `doc/table_format.md`, and
 * `tensorflow/core/util/tensor_bundle` for the keys and values.
 *
 * @param entries
 *   the tensors, by name
 * @param shardLengths
 *   the minimum length of each shard, in bytes
 */
final private[savedmodel] case class VariableIndex(
    entries: Map[String, BundleEntryProto],
    shards: Int,
    shardLengths: Map[Int, Long]
) {
  def tensors: Set[String] = entries.keySet

  /** The name of a shard's file. */
  def shardName(shard: Int): String = f"variables.data-$shard%05d-of-$shards%05d"
}

private[savedmodel] object VariableIndex {

  /**
   * @throws IllegalArgumentException
   *   if the file is damaged, with the reason
   */
  def read(file: Path): VariableIndex = parse(Files.readAllBytes(file))

  /**
   * @throws IllegalArgumentException
   *   if the bytes are damaged, with the reason
   */
  def parse(file: Array[Byte]): VariableIndex = {
    val bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN)
    try of(entries(bytes))
    catch {
      case short @ (_: BufferUnderflowException | _: IndexOutOfBoundsException) =>
        throw new IllegalArgumentException("it ends too early", short)
      case odd: com.google.protobuf.InvalidProtocolBufferException =>
        throw new IllegalArgumentException(odd.getMessage, odd)
    }
  }

  private def of(entries: Seq[(String, ByteBuffer)]): VariableIndex = {
    val header = entries.collectFirst { case ("", value) => BundleHeaderProto.parseFrom(value) }
    val tensors = entries.filter(_._1.nonEmpty).map { case (key, value) =>
      key -> BundleEntryProto.parseFrom(value)
    }
    val shards = header.getOrElse(throw new IllegalArgumentException("no header")).getNumShards
    val lengths = tensors
      .map { case (_, entry) => entry.getShardId -> (entry.getOffset + entry.getSize) }
      .groupBy(_._1)
      .map { case (shard, ends) => shard -> ends.map(_._2).max }
    VariableIndex(tensors.toMap, shards, lengths)
  }

  private val FooterLength = 48
  private val Magic = 0xdb4775248b80fb57L

  private def entries(file: ByteBuffer): Seq[(String, ByteBuffer)] = {
    require(file.limit() >= FooterLength, s"it has ${file.limit()} bytes")
    require(file.getLong(file.limit() - 8) == Magic, "it does not end as a table does")
    val footer = at(file, file.limit() - FooterLength)
    handle(footer) // of the empty meta index
    for {
      (_, place) <- block(file, handle(footer))
      entry <- block(file, handle(place))
    } yield entry match { case (key, value) => (new String(key, StandardCharsets.UTF_8), value) }
  }

  private def block(
      file: ByteBuffer,
      place: (Long, Long)
  ): Seq[(Array[Byte], ByteBuffer)] = {
    val (offset, size) = place
    require(
      offset >= 0 && size >= 4 && offset + size + 5 <= file.limit() && offset + size > 0,
      s"a block of $size bytes at $offset, in a file of ${file.limit()}"
    )
    val end = offset.toInt + size.toInt
    val checksum = new PureJavaCrc32C
    checksum.update(file.array(), offset.toInt, size.toInt + 1)
    require(masked(checksum.getValue.toInt) == file.getInt(end + 1), "a block's checksum differs")
    require(file.get(end) == 0, "it is compressed, which TensorFlow's writers do not do")
    val restarts = file.getInt(end - 4)
    require(restarts >= 0 && restarts < size / 4, s"a block with $restarts restarts")
    val data = at(file, offset.toInt)
    data.limit(end - 4 - 4 * restarts)
    val found = ListBuffer.empty[(Array[Byte], ByteBuffer)]
    var key = Array.empty[Byte]
    while (data.hasRemaining) {
      // The table stores only the part of a key that differs from the key before it.
      val (shared, added, length) = (varint(data).toInt, varint(data).toInt, varint(data).toInt)
      require(shared >= 0 && shared <= key.length && added >= 0 && length >= 0, "an odd key")
      require(added.toLong + length <= data.remaining, "an entry that is too long")
      val next = java.util.Arrays.copyOf(key, shared + added)
      data.get(next, shared, added)
      key = next
      val value = data.slice().order(ByteOrder.LITTLE_ENDIAN)
      value.limit(length)
      data.position(data.position() + length)
      found += key -> value
    }
    found.toList
  }

  private def handle(bytes: ByteBuffer): (Long, Long) = (varint(bytes), varint(bytes))

  private def at(file: ByteBuffer, position: Int): ByteBuffer = {
    val view = file.duplicate().order(ByteOrder.LITTLE_ENDIAN)
    view.position(position)
    view
  }

  private def varint(bytes: ByteBuffer): Long = {
    var value = 0L
    var shift = 0
    var next = bytes.get()
    while (next < 0) {
      value |= (next & 0x7fL) << shift
      shift += 7
      require(shift < 64, "an odd number")
      next = bytes.get()
    }
    value | (next & 0x7fL) << shift
  }

  // LevelDB masks checksums, since a checksum over data that contains checksums is risky.
  private def masked(checksum: Int): Int = ((checksum >>> 15) | (checksum << 17)) + 0xa282ead8
}
