package org.apache.spark.tfpredict

import java.io.IOException

import scala.reflect.classTag
import scala.util.Random
import scala.util.control.NonFatal

import org.apache.spark.SparkEnv
import org.apache.spark.storage.{BlockId, BlockManagerId, BroadcastBlockId, StorageLevel}
import org.slf4j.LoggerFactory

import tfpredict.host.Stopped

/**
 * Blocks of bytes under the number of one broadcast variable, which the driver and its executors
 * fetch from each other. They are on disk only; a reader holds one of them in memory.
 *
 * A `Broadcast` keeps its blocks in each JVM's heap. Its readers choose among all that have a block,
 * the driver too, which then sends each block several times.
 *
 * @param number
 *   the same on the driver and the executors; large, since Spark counts its own from 0
 */
final class BroadcastBlocks(number: Long) {
  import BroadcastBlocks._

  private def blocks = SparkEnv.get.blockManager

  private def id(name: String): BlockId = BroadcastBlockId(number, name)

  /**
   * Stores a block on this JVM's disk, for others to fetch.
   *
   * @param name
   *   letters, digits and underscores
   * @throws java.io.IOException
   *   if the disk does not take it
   */
  def put(name: String, bytes: Array[Byte]): Unit = {
    val isStored = blocks.putSingle(id(name), bytes, StorageLevel.DISK_ONLY, tellMaster = true)
    if (!isStored) throw new IOException(s"${id(name)} was not stored")
  }

  /** A block that this JVM has stored; none if its file was deleted. */
  def here(name: String): Option[Array[Byte]] =
    try
      // Read to its end, which gives up the lock on the block.
      blocks.getLocalValues(id(name)).map(_.data.toArray.head.asInstanceOf[Array[Byte]])
    catch {
      case failed if NonFatal(failed) && !Stopped.is(failed) =>
        log.info(s"${id(name)} is not on disk any more", failed)
        None
    }

  /** Who has a block; this JVM is not among them. */
  def holders(name: String): Holders = answered {
    val all = blocks.master.getLocations(id(name)).filter(_ != blocks.blockManagerId)
    val (drivers, executors) = all.partition(_.isDriver)
    Holders(executors.toSeq, drivers.toSeq)
  }

  /**
   * Fetches a block from another executor, or from the driver where that fails.
   *
   * @param isRight
   *   whether these are the block's bytes; others are fetched from elsewhere
   * @throws java.io.IOException
   *   if nobody gives it
   */
  def fetch(name: String, holders: Holders)(isRight: Array[Byte] => Boolean): Array[Byte] = {
    val attempts = holders.inOrder.toStream.map(attempt(name, _, isRight))
    attempts.collectFirst { case Right(bytes) => bytes }.getOrElse {
      val causes = attempts.collect { case Left(failed) => failed }
      throw new IOException(s"nobody gives ${id(name)}", causes.lastOption.orNull)
    }
  }

  private def attempt(
      name: String,
      holder: BlockManagerId,
      isRight: Array[Byte] => Boolean
  ): Either[IOException, Array[Byte]] =
    try {
      val bytes = answered(from(holder, name))
      if (isRight(bytes)) Right(bytes) else Left(new IOException(s"damaged bytes from $holder"))
    } catch {
      case failed: IOException if !Stopped.is(failed) =>
        log.info(s"${id(name)} did not come from $holder", failed)
        Left(failed)
    }

  private def from(holder: BlockManagerId, name: String): Array[Byte] = {
    val service = blocks.blockTransferService
    val sent =
      service.fetchBlockSync(holder.host, holder.port, holder.executorId, id(name).name, null)
    try {
      val values = blocks.serializerManager
        .dataDeserializeStream(id(name), sent.createInputStream())(classTag[Array[Byte]])
      values.toArray.head
    } finally sent.release()
  }

  /** Removes the blocks that executors have stored. The driver keeps its own. */
  def removeFromExecutors(): Unit =
    blocks.master.removeBroadcast(number, removeFromMaster = false, blocking = false)

  // Spark has many exceptions of its own for a host that does not answer.
  private def answered[A](body: => A): A =
    try body
    catch {
      case known: IOException => throw known
      case failed if NonFatal(failed) && !Stopped.is(failed) => throw new IOException(failed)
    }
}

object BroadcastBlocks {
  private val log = LoggerFactory.getLogger(classOf[BroadcastBlocks])

  // Executors that are asked for a block before the driver is.
  private val Asked = 3

  /** Whether this JVM is a driver or an executor. */
  def isSpark: Boolean = SparkEnv.get != null

  /** The size of a broadcast's blocks that the settings want. */
  def blockBytes: Int =
    math.min(SparkEnv.get.conf.getSizeAsKb("spark.broadcast.blockSize", "4m"), MostKb).toInt * 1024

  private val MostKb = 1L << 20

  /** Those who have a block. */
  final case class Holders(executors: Seq[BlockManagerId], drivers: Seq[BlockManagerId]) {
    def isEmpty: Boolean = executors.isEmpty && drivers.isEmpty

    private[BroadcastBlocks] def inOrder: Seq[BlockManagerId] =
      Random.shuffle(executors).take(Asked) ++ drivers
  }
}
