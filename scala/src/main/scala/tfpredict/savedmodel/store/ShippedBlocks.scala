package tfpredict.savedmodel.store

import java.io.IOException

import scala.util.control.NonFatal
import scala.util.{Random, Try}

import org.apache.spark.storage.BlockManagerId
import org.apache.spark.tfpredict.BroadcastBlocks
import org.apache.spark.tfpredict.BroadcastBlocks.Holders
import org.slf4j.LoggerFactory

import tfpredict.ModelSpec
import tfpredict.host.Stopped

/**
 * The blocks of a model that the driver ships. The model's fingerprint is the number of the
 * broadcast that they belong to, so that whoever has the spec finds them.
 */
final private[store] class ShippedBlocks(resolved: ModelSpec) {
  private val log = LoggerFactory.getLogger(getClass)

  // 64 bits, of which a broadcast's number has no sign.
  private val blocks = new BroadcastBlocks(
    resolved.fingerprint.fold(0L)(ShippedBlocks.number) & Long.MaxValue
  )

  /** @throws java.io.IOException if this JVM's disk does not take it */
  def put(name: String, bytes: Array[Byte]): Unit =
    if (!answered(blocks.put(name, bytes))) throw new IOException(s"$name was not stored")

  /** A block that this JVM has stored; none if its file was deleted. */
  def here(name: String): Option[Array[Byte]] =
    try answered(blocks.here(name))
    catch {
      case failed: IOException if !Stopped.is(failed) =>
        log.info(s"$name of ${resolved.describe} is not on disk any more", failed)
        None
    }

  /** Who else has a block. */
  def holders(name: String): Holders = answered(blocks.holders(name))

  /**
   * Fetches a block from another executor, or from the driver where that fails.
   *
   * @param isRight
   *   whether these are the block's bytes; others are fetched from elsewhere
   * @throws java.io.IOException
   *   if nobody gives it
   */
  def fetch(name: String, holders: Holders)(isRight: Array[Byte] => Boolean): Array[Byte] = {
    val asked = Random.shuffle(holders.executors).take(ShippedBlocks.Asked) ++ holders.drivers
    val attempts = asked.toStream.map(attempt(name, _, isRight))
    attempts.collectFirst { case Right(bytes) => bytes }.getOrElse {
      val causes = attempts.collect { case Left(failed) => failed }
      throw new IOException(
        s"nobody gives $name of ${resolved.describe}",
        causes.lastOption.orNull
      )
    }
  }

  private def attempt(
      name: String,
      holder: BlockManagerId,
      isRight: Array[Byte] => Boolean
  ): Either[IOException, Array[Byte]] =
    try {
      val bytes = answered(blocks.fetch(name, holder))
      if (isRight(bytes)) Right(bytes) else Left(new IOException(s"damaged bytes from $holder"))
    } catch {
      case failed: IOException if !Stopped.is(failed) =>
        log.info(s"$name of ${resolved.describe} did not come from $holder", failed)
        Left(failed)
    }

  /** Has executors give up the blocks that they have; the driver keeps its own. */
  def removeFromExecutors(): Unit = answered(blocks.removeFromExecutors())

  // Spark has many exceptions of its own for a host that does not answer.
  private def answered[A](body: => A): A =
    try body
    catch {
      case known: IOException => throw known
      case failed if NonFatal(failed) && !Stopped.is(failed) => throw new IOException(failed)
    }
}

private object ShippedBlocks {

  // Executors that are asked for a block before the driver is.
  private val Asked = 3

  // A spec that was made by hand may have any text as its fingerprint.
  private def number(fingerprint: String): Long =
    Try(java.lang.Long.parseUnsignedLong(fingerprint, 16)).getOrElse(fingerprint.hashCode.toLong)
}
