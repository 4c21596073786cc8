package org.apache.spark.tfpredict

import scala.reflect.classTag

import org.apache.spark.SparkEnv
import org.apache.spark.storage.{BlockId, BlockManagerId, BroadcastBlockId, StorageLevel}

/**
 * Blocks of bytes under the number of one broadcast variable, which a driver and its executors
 * fetch from each other. They are on disk only; a reader holds one of them in memory. Spark keeps
 * what does this to its own packages.
 *
 * A `Broadcast` keeps its blocks in each JVM's heap. Its readers choose among all that have a
 * block, the driver too, which then sends each block several times.
 *
 * Every method may throw whatever Spark does where a host does not answer or a disk fails.
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
   * @return
   *   whether it is stored
   */
  def put(name: String, bytes: Array[Byte]): Boolean =
    blocks.putSingle(id(name), bytes, StorageLevel.DISK_ONLY, tellMaster = true)

  /** A block that this JVM has stored. */
  def here(name: String): Option[Array[Byte]] =
    // Read to its end, which gives up the lock on the block.
    blocks.getLocalValues(id(name)).map(_.data.toArray.head.asInstanceOf[Array[Byte]])

  /** Who has a block; this JVM is not among them. */
  def holders(name: String): Holders = {
    val all = blocks.master.getLocations(id(name)).filter(_ != blocks.blockManagerId)
    val (drivers, executors) = all.partition(_.isDriver)
    Holders(executors.toVector, drivers.toVector)
  }

  /** Fetches a block from one of those who have it. */
  def fetch(name: String, holder: BlockManagerId): Array[Byte] = {
    val service = blocks.blockTransferService
    val sent =
      service.fetchBlockSync(holder.host, holder.port, holder.executorId, id(name).name, null)
    try {
      val values = blocks.serializerManager
        .dataDeserializeStream(id(name), sent.createInputStream())(classTag[Array[Byte]])
      values.toArray.head
    } finally {
      sent.release()
      ()
    }
  }

  /** Removes the blocks that executors have stored. The driver keeps its own. */
  def removeFromExecutors(): Unit =
    blocks.master.removeBroadcast(number, removeFromMaster = false, blocking = false)
}

object BroadcastBlocks {

  /** Whether this JVM is a driver or an executor. */
  def isSpark: Boolean = SparkEnv.get != null

  /** The size of a broadcast's blocks that the settings want. */
  def blockBytes: Int =
    math.min(SparkEnv.get.conf.getSizeAsKb("spark.broadcast.blockSize", "4m"), MostKb).toInt * 1024

  private val MostKb = 1L << 20

  /** Those who have a block. */
  final case class Holders(executors: Vector[BlockManagerId], drivers: Vector[BlockManagerId]) {
    def isEmpty: Boolean = executors.isEmpty && drivers.isEmpty
  }
}
