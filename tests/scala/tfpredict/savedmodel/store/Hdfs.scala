package tfpredict.savedmodel.store

import java.nio.file.{Files, Path => LocalPath}

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.{FileSystem, Path}
import org.apache.hadoop.hdfs.MiniDFSCluster

/** An HDFS of one name node and one data node, in this JVM, over real sockets. */
final class Hdfs(folder: LocalPath) extends AutoCloseable {
  private val conf = new Configuration()
  conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString)
  // A name node that restarts learns its blocks from the next heartbeat.
  conf.setLong("dfs.heartbeat.interval", 1)
  Hdfs.Client.foreach { case (key, value) => conf.set(key, value) }

  private val cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build()
  // Read while the name node is up. It has the same port after a restart.
  private val address = cluster.getURI
  private lazy val fs = FileSystem.newInstance(address, conf)

  def uri(path: String): String = s"$address$path"

  /** Copies a version of a test model. */
  def put(from: LocalPath, path: String): Unit =
    fs.copyFromLocalFile(new Path(from.toUri), new Path(path))

  /** Replaces a file, and keeps its time. */
  def replace(from: LocalPath, path: String): Unit = {
    val file = new Path(path)
    val time = fs.getFileStatus(file).getModificationTime
    fs.copyFromLocalFile(false, true, new Path(from.toUri), file)
    fs.setTimes(file, time, -1)
  }

  /** Writes a file and leaves it open, like a copy in progress. */
  def begin(path: String, bytes: Array[Byte]): AutoCloseable = {
    val out = fs.create(new Path(path))
    out.write(bytes)
    out.hflush()
    out
  }

  def rename(from: String, to: String): Unit = assert(fs.rename(new Path(from), new Path(to)))

  def makeFolder(path: String): Unit = assert(fs.mkdirs(new Path(path)))

  def delete(path: String): Unit = assert(fs.delete(new Path(path), true))

  def stop(): Unit = cluster.shutdownNameNode(0)

  def start(): Unit = cluster.restartNameNode(0, true)

  override def close(): Unit = {
    fs.close()
    cluster.shutdown()
  }
}

object Hdfs {

  /** Settings that make a client give up soon. By default it retries for minutes. */
  val Client: Map[String, String] = Map(
    "ipc.client.connect.max.retries" -> "1",
    "ipc.client.connect.retry.interval" -> "100",
    "ipc.client.connect.timeout" -> "1000"
  )

  def temporary(): Hdfs = new Hdfs(Files.createTempDirectory("hdfs-"))
}
