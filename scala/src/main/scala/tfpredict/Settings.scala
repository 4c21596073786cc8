package tfpredict

import java.nio.file.Paths

import org.apache.spark.sql.SparkSession
import org.apache.spark.{SparkConf, SparkContext}

import tfpredict.messages.IllegalValue
import tfpredict.options.{ExecutorMemory, HadoopSettings, SessionSettings}
import tfpredict.tensor.Signature

/**
 * Every `spark.tfpredict.*` setting, as plain values that a closure can carry.
 *
 * @param batchRows
 *   at most so many rows go through the model at once; if none is given, 1,024, and up to 8,192
 *   where the model is quick
 * @param batchBytes
 *   at most so many bytes of input go through the model at once (but at least one row)
 * @param allowedOps
 *   ops that a model may use although they reach out of it, such as `ReadFile`
 * @param linksAllowed
 *   whether a model's files may be links to others outside it
 * @param verifyOnLoad
 *   whether each executor replays the examples kept with a model before it uses it
 * @param onError
 *   what becomes of a row that a model cannot take
 * @param runTimeout
 *   maximum milliseconds of one run of a batch, and of loading; 0 means no limit
 * @param errorLimit
 *   so many of them a task may have before it fails all the same
 * @param modelVersion
 *   whether results hold the model's version
 * @param memoryModels
 *   so many models a JVM keeps that nobody uses, with those in use counted first
 * @param memoryBytes
 *   that their files may have
 * @param diskPath
 *   where native libraries are kept, and models that were brought to an executor's disk; none is
 *   the temporary folder
 * @param diskBytes
 *   that they may take
 * @param threads
 *   what the first model that a JVM loads makes true for all of them, as the runtime has one pool
 * @param hadoop
 *   how file systems are reached
 * @param outsideHeap
 *   bytes that an executor may have outside its heap; none in local mode
 */
final case class Settings(
    batchRows: Option[Int],
    batchBytes: Long,
    allowedOps: Set[String],
    linksAllowed: Boolean,
    verifyOnLoad: Boolean,
    onError: OnError,
    runTimeout: Long,
    errorLimit: Option[Long],
    modelVersion: Boolean,
    memoryModels: Int,
    memoryBytes: Long,
    diskPath: Option[String],
    diskBytes: Long,
    threads: Threads,
    hadoop: HadoopSettings,
    outsideHeap: Option[Long]
) {

  /** Rows of a batch, for most models of that signature. */
  private[tfpredict] def usualRows(signature: Signature): Int =
    rowsGiven(signature).getOrElse(Settings.UsualRows)

  /** Rows of a batch, at most, for one that is quicker than most. */
  private[tfpredict] def mostRows(signature: Signature): Int =
    rowsGiven(signature).getOrElse(Settings.MostRows)

  /** This, with what a session may set as the other has it. */
  private[tfpredict] def ofSession(now: Settings): Settings = copy(
    batchRows = now.batchRows,
    batchBytes = now.batchBytes,
    verifyOnLoad = now.verifyOnLoad,
    errorLimit = now.errorLimit
  )

  private def rowsGiven(signature: Signature): Option[Int] =
    signature.fixedBatch.orElse(batchRows)
}

/**
 * Threads of the runtime, in one JVM.
 *
 * @param intra
 *   for the work inside one op
 * @param inter
 *   for batches, and for ops of one that do not wait for each other; 0 is as many as the host has
 *   cores. Never in the task's own thread, which does not flush the smallest numbers to zero as
 *   TensorFlow's own do: some answers would differ.
 */
final case class Threads(intra: Int, inter: Int)

object Settings {

  /** Who may set a key, and so when. */
  sealed trait Scope

  /** A session: queries written from then on have it. */
  case object OfSession extends Scope

  /** Whoever starts Spark: all sessions share what it bounds. */
  case object OfStart extends Scope

  /**
   * One key.
   *
   * @param doc
   *   what it means, as the documents print it
   * @param kind
   *   what its value is: a number, bytes, a word
   */
  final case class Key(name: String, default: String, doc: String, kind: String, scope: Scope)

  val BatchRows: Key =
    Key(
      "spark.tfpredict.batch.rows",
      "",
      "Maximum rows per batch. By default 1,024, growing to 8,192 while a batch takes less than half a millisecond.",
      "a number",
      OfSession
    )

  val BatchBytes: Key = Key(
    "spark.tfpredict.batch.bytes",
    "32m",
    "Maximum input bytes per batch, whatever the number of rows.",
    "bytes",
    OfSession
  )

  val OpsAllowed: Key = Key(
    "spark.tfpredict.ops.allowed",
    "",
    "Ops that models may use although they touch files, processes, the network or Python. A list with commas.",
    "words",
    OfStart
  )

  val LinksAllowed: Key = Key(
    "spark.tfpredict.links.allowed",
    "false",
    "Whether a model's files may be links to files outside its folder, as in the cache of a model hub.",
    "true or false",
    OfStart
  )

  val VerifyOnLoad: Key = Key(
    "spark.tfpredict.verify.onLoad",
    "false",
    "Whether each executor replays a model's stored examples before it uses the model.",
    "true or false",
    OfSession
  )

  val RunTimeout: Key = Key(
    "spark.tfpredict.run.timeout",
    "30min",
    "Maximum time to run one batch or to load a model. The task fails after it. 0 means no limit.",
    "a time",
    OfStart
  )

  val ErrorsMax: Key = Key(
    "spark.tfpredict.errors.max",
    "",
    "Maximum rejected rows per task, where `on_error` is not `fail`. Unlimited by default.",
    "a number",
    OfSession
  )

  val MemoryModels: Key = Key(
    "spark.tfpredict.memory.models",
    "16",
    "Maximum number of loaded models per JVM. Each version counts. Idle models are closed, least recently used first.",
    "a number",
    OfStart
  )

  val MemoryBytes: Key = Key(
    "spark.tfpredict.memory.bytes",
    "8g",
    "Maximum total size of loaded model files per JVM. Idle models are closed, least recently used first.",
    "bytes",
    OfStart
  )

  val DiskPath: Key = Key(
    "spark.tfpredict.disk.path",
    "",
    "Local folder on each host for native libraries and fetched models. By default the JVM's temporary folder.",
    "a path",
    OfStart
  )

  val DiskBytes: Key = Key(
    "spark.tfpredict.disk.bytes",
    "16g",
    "Maximum total size of fetched models on one host's disk. Unused models are removed, least recently used first.",
    "bytes",
    OfStart
  )

  val ThreadsIntra: Key = Key(
    "spark.tfpredict.threads.intra",
    "",
    "Threads per JVM for the work inside one op. By default `spark.task.cpus`.",
    "a number",
    OfStart
  )

  val ThreadsInter: Key = Key(
    "spark.tfpredict.threads.inter",
    "",
    "Threads per JVM for batches and for ops that run side by side. By default `spark.executor.cores`, or all cores.",
    "a number",
    OfStart
  )

  val all: Seq[Key] = Seq(
    BatchRows,
    BatchBytes,
    OpsAllowed,
    LinksAllowed,
    VerifyOnLoad,
    RunTimeout,
    ErrorsMax,
    MemoryModels,
    MemoryBytes,
    DiskPath,
    DiskBytes,
    ThreadsIntra,
    ThreadsInter
  )

  // Rows of a batch whose run takes long beside what it costs to hand it over, for most models.
  private val UsualRows = 1024

  private[tfpredict] val MostRows = 8192

  val default: Settings = from(new SparkConf(false))

  /** Where there is no session; with what the driver knows of Hadoop's file systems. */
  def from(sc: SparkContext): Settings =
    from(sc.getConf).copy(hadoop = HadoopSettings.of(sc.hadoopConfiguration))

  /** What a session has now. */
  private[tfpredict] def from(spark: SparkSession): Settings =
    from(SessionSettings.of(spark))
      .copy(hadoop = HadoopSettings.of(spark.sparkContext.hadoopConfiguration))

  def from(conf: SparkConf): Settings = {
    SessionSettings.checkNames(conf)
    val rows = stated(conf, BatchRows).map(_ => conf.getInt(BatchRows.name, 0))
    val bytes = conf.getSizeAsBytes(BatchBytes.name, BatchBytes.default)
    rows.foreach(most =>
      IllegalValue.unless(most > 0, s"${BatchRows.name} is $most; it must be at least 1")
    )
    IllegalValue.unless(bytes > 0, s"${BatchBytes.name} is $bytes; it must be at least 1")
    val ops =
      conf.get(OpsAllowed.name, OpsAllowed.default).split(",").map(_.trim).filter(_.nonEmpty)
    val links = conf.getBoolean(LinksAllowed.name, LinksAllowed.default.toBoolean)
    val verify = conf.getBoolean(VerifyOnLoad.name, VerifyOnLoad.default.toBoolean)
    val timeout = conf.getTimeAsMs(RunTimeout.name, RunTimeout.default)
    IllegalValue.unless(
      timeout >= 0,
      s"${RunTimeout.name} is $timeout ms; it must not be negative"
    )
    val models = conf.getInt(MemoryModels.name, MemoryModels.default.toInt)
    val memory = conf.getSizeAsBytes(MemoryBytes.name, MemoryBytes.default)
    IllegalValue.unless(models >= 0, s"${MemoryModels.name} is $models; it must not be negative")
    val path = stated(conf, DiskPath)
    // Each executor has a working folder of its own, which goes when it does.
    path.foreach(found =>
      IllegalValue.unless(
        Paths.get(found).isAbsolute,
        s"${DiskPath.name} must be absolute, and is $found"
      )
    )
    val disk = conf.getSizeAsBytes(DiskBytes.name, DiskBytes.default)
    val hadoop = HadoopSettings.of(conf.getAllWithPrefix("spark.hadoop.").toSeq)
    val errors = stated(conf, ErrorsMax).map(_ => conf.getLong(ErrorsMax.name, 0))
    errors.foreach(most =>
      IllegalValue.unless(most >= 0, s"${ErrorsMax.name} is $most; it must not be negative")
    )
    Settings(
      rows,
      bytes,
      ops.toSet,
      links,
      verify,
      OnError.Fail,
      timeout,
      errors,
      false,
      models,
      memory,
      path,
      disk,
      threads(conf),
      hadoop,
      ExecutorMemory.outsideHeap(conf)
    )
  }

  // A number is then read by Spark, which names the key of one that is none.
  private def stated(conf: SparkConf, key: Key): Option[String] =
    Option(conf.get(key.name, key.default)).filter(_.nonEmpty)

  private def threads(conf: SparkConf): Threads = {
    val intra = conf.getInt(ThreadsIntra.name, conf.getInt("spark.task.cpus", 1))
    val inter = conf.getInt(ThreadsInter.name, conf.getInt("spark.executor.cores", 0))
    IllegalValue.unless(intra >= 0, s"${ThreadsIntra.name} is $intra; it must not be negative")
    IllegalValue.unless(inter >= 0, s"${ThreadsInter.name} is $inter; it must not be negative")
    Threads(intra, inter)
  }
}
