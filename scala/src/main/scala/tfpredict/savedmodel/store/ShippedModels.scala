package tfpredict.savedmodel.store

import java.io.IOException
import java.nio.file.{Path, Paths}
import java.util.concurrent.ConcurrentHashMap

import scala.annotation.tailrec
import scala.util.Random
import scala.util.control.NonFatal

import org.apache.spark.tfpredict.BroadcastBlocks
import org.apache.spark.{SparkContext, TaskContext, TaskKilledException}
import org.slf4j.LoggerFactory

import tfpredict.host.{DiskException, Stopped}
import tfpredict.messages.ErrorClass
import tfpredict.{ModelLoadException, ModelSpec}

/**
 * Models that only the driver's disk has. The driver cuts one into pieces, and executors fetch the
 * pieces from each other, as they do those of a broadcast variable.
 *
 * Closures and plans hold the spec alone. The model's fingerprint, which the spec has, is the
 * broadcast's number: so a plan may be older than an executor, or come from another session.
 */
private[tfpredict] object ShippedModels {
  private val log = LoggerFactory.getLogger(getClass)

  // The block that says which files and pieces there are.
  private val Contents = "tfpredict"

  /**
   * Executors that keep a piece for others. With more of them the driver's answers about who has a
   * piece, which name all, would soon be larger than the model; see docs/clusters.md.
   */
  private val Keepers = 64

  // An entry's lock lets one thread ship a model while others that want the same wait.
  private val locks = new ConcurrentHashMap[String, Object]

  // The last shipped version of each path of an application.
  private val newest = new ConcurrentHashMap[(String, String), ModelSpec]

  /**
   * Makes a model ready for the executors, once, if it is on the local disk and they are elsewhere.
   * A model on another file system is fetched from there.
   *
   * @throws ModelLoadException
   *   if it cannot be read, or Spark's local folder has no room for it
   */
  def ship(sc: SparkContext, resolved: ModelSpec): Unit = {
    val directory = Paths.get(resolved.path)
    if (directory.isAbsolute && !sc.isLocal) {
      val lock = locks.computeIfAbsent(resolved.fingerprint.getOrElse(""), _ => new Object)
      lock.synchronized {
        val blocks = new ShippedBlocks(resolved)
        if (blocks.here(Contents).isEmpty) {
          val folder = ModelStore.versionOf(ModelFolder.local(directory), resolved)
          try cut(folder, blocks)
          catch { case failed: IOException => notShipped(resolved, failed) }
          replace(sc, resolved)
        }
      }
    }
  }

  // The contents come last: where they are, all pieces are.
  private def cut(folder: ModelFolder, blocks: ShippedBlocks): Unit = {
    val files = folder.files.toVector
    val pieceBytes = Shipment.pieceBytes(files.map(_.length).sum, BroadcastBlocks.blockBytes)
    val shipment = Shipment.cut(folder.local.get, files, pieceBytes) { (piece, bytes) =>
      blocks.put(nameOf(piece), bytes)
    }
    blocks.put(Contents, shipment.toBytes)
  }

  private def notShipped(resolved: ModelSpec, cause: IOException): Nothing =
    throw new ModelLoadException(
      ErrorClass.LocalDisk,
      resolved.label,
      "space for a copy of the model in Spark's local folder, for the executors",
      cause.toString,
      "Free space there, set spark.local.dir, or put the model where executors can read it.",
      cause
    )

  /* Executors keep no pieces of the version before. Whoever wants it all the same, or fetches it
   * now, finds them with the driver. */
  private def replace(sc: SparkContext, resolved: ModelSpec): Unit =
    Option(newest.put((sc.applicationId, resolved.path), resolved))
      .filter(_.fingerprint != resolved.fingerprint)
      .foreach { before =>
        log.info("Executors drop their pieces of {}", before.describe)
        new ShippedBlocks(before).removeFromExecutors()
      }

  /** What writes a model's files into an empty folder of this host, if the driver shipped it. */
  def find(resolved: ModelSpec): Option[Path => Unit] =
    if (!BroadcastBlocks.isSpark) None
    else {
      val blocks = new ShippedBlocks(resolved)
      val holders = blocks.holders(Contents)
      if (holders.isEmpty) None else Some(fetch(blocks, _))
    }

  private def fetch(blocks: ShippedBlocks, folder: Path): Unit = {
    val contents =
      blocks.here(Contents).getOrElse(blocks.fetch(Contents, blocks.holders(Contents))(_ => true))
    val shipment = Shipment.from(contents)
    DiskException.of(shipment.outline(folder))
    val pieces = Random.shuffle(shipment.checksums.indices.toList)
    fetchPieces(blocks, shipment, folder, pieces)
    DiskException.of(shipment.finish(folder))
  }

  /* Each executor has an order of its own, so that they have different pieces to give. Of two
   * pieces it takes the one that another executor has, which spares the driver. */
  @tailrec private def fetchPieces(
      blocks: ShippedBlocks,
      shipment: Shipment,
      folder: Path,
      missing: List[Int]
  ): Unit = missing match {
    case Nil =>
    case first :: rest =>
      val holders = blocks.holders(nameOf(first))
      val other = rest.headOption
        .filter(_ => holders.executors.isEmpty)
        .map(second => second -> blocks.holders(nameOf(second)))
        .filter { case (_, found) => found.executors.nonEmpty }
      val (piece, from) = other.getOrElse(first -> holders)
      fetchPiece(blocks, shipment, folder, piece, from)
      fetchPieces(blocks, shipment, folder, if (piece == first) rest else first :: rest.tail)
  }

  private def fetchPiece(
      blocks: ShippedBlocks,
      shipment: Shipment,
      folder: Path,
      piece: Int,
      holders: BroadcastBlocks.Holders
  ): Unit = {
    checkStopped()
    val name = nameOf(piece)
    val stored = blocks.here(name).filter(shipment.isRight(piece, _))
    val bytes = stored.getOrElse(blocks.fetch(name, holders)(shipment.isRight(piece, _)))
    DiskException.of(shipment.write(folder, piece, bytes))
    if (stored.isEmpty && holders.executors.size < Keepers) keep(blocks, name, bytes)
  }

  // This executor has what it needs: that it cannot give it to others does not fail its task.
  private def keep(blocks: ShippedBlocks, name: String, bytes: Array[Byte]): Unit =
    try blocks.put(name, bytes)
    catch {
      case failed if NonFatal(failed) && !Stopped.is(failed) =>
        log.info(s"$name of a model is not kept for other executors", failed)
    }

  // A task that is killed is not interrupted by default: it must look for itself.
  private def checkStopped(): Unit = {
    Stopped.check()
    if (Option(TaskContext.get()).exists(_.isInterrupted())) throw new TaskKilledException("killed")
  }

  private def nameOf(piece: Int): String = s"${Contents}_piece$piece"
}
