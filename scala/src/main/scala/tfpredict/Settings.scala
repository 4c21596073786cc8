package tfpredict

import java.nio.file.Paths

import org.apache.spark.sql.SparkSession
import org.apache.spark.{SparkConf, SparkContext}

import tfpredict.messages.{ErrorClass, IllegalValue}
import tfpredict.options.{ExecutorMemory, HadoopSettings, SessionSettings}
import tfpredict.tensor.Signature

/**
 * The values of all `spark.tfpredict.*` settings. They are plain values, so a closure can carry
 * them.
 *
 * @param batchRows
 *   maximum number of rows per batch. If none is given, 1,024, and up to 8,192 for a quick model.
 * @param batchBytes
 *   maximum input bytes per batch. A batch has at least one row.
 * @param allowedOps
 *   ops that reach out of the model, such as `ReadFile`, and that models may use nevertheless
 * @param linksAllowed
 *   whether a model's files may be links to files outside its folder
 * @param verifyOnLoad
 *   whether each executor replays the examples kept with a model before it uses it
 * @param onError
 *   handling of a row that the model rejects
 * @param runTimeout
 *   maximum milliseconds of one batch, and of loading a model. 0 means no limit.
 * @param errorLimit
 *   maximum number of rejected rows per task. If none is given, there is no limit.
 * @param modelVersion
 *   whether each result holds the model's version
 * @param memoryModels
 *   maximum number of loaded models per JVM. Idle models are closed, least recently used first.
 * @param memoryBytes
 *   maximum total size of loaded model files per JVM. Idle models are closed, least recently used
 *   first.
 * @param diskPath
 *   the local folder for native libraries and fetched models. If none is given, the JVM's temporary
 *   folder.
 * @param diskBytes
 *   maximum bytes of that folder on one host
 * @param threads
 *   the runtime's threads. The runtime has one pool per JVM, so the first model to be loaded
 *   decides for all.
 * @param hadoop
 *   how to reach Hadoop's file systems
 * @param outsideHeap
 *   bytes that an executor may use outside its heap. None in local mode.
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

  /** Rows of a batch for a model of this signature. */
  private[tfpredict] def usualRows(signature: Signature): Int =
    rowsGiven(signature).getOrElse(Settings.UsualRows)

  /** Maximum rows of a batch for a quick model of this signature. */
  private[tfpredict] def mostRows(signature: Signature): Int =
    rowsGiven(signature).getOrElse(Settings.MostRows)

  /** Returns these settings, with the session's own settings taken from `now`. */
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
 * The runtime's threads in one JVM.
 *
 * @param intra
 *   threads for the work inside one op
 * @param inter
 *   threads for batches, and for independent ops of a batch. 0 means one per core. Batches never
 *   run in the task's own thread: only TensorFlow's threads flush denormal numbers to zero, so some
 *   answers would differ.
 */
final case class Threads(intra: Int, inter: Int)

/** The declarations of all settings, and their values in a configuration. */
object Settings {

  /** The moment at which a setting is read. */
  sealed trait Scope

  /** Read for each query, so a session may change it with `SET`. */
  case object OfSession extends Scope

  /** Read when Spark starts, since all sessions share what it limits. */
  case object OfStart extends Scope

  /**
   * The declaration of one setting.
   *
   * @param doc
   *   its meaning, as the documents print it
   * @param kind
   *   the kind of its value, such as `a number` or `bytes`
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

  /** All settings, in the order of the documents. */
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

  // For most models a run of this many rows takes much longer than the hand-over to the runtime.
  private val UsualRows = 1024

  private[tfpredict] val MostRows = 8192

  /** The default of each setting. */
  val default: Settings = from(new SparkConf(false))

  /** The settings of an application without a session, and the driver's Hadoop configuration. */
  def from(sc: SparkContext): Settings =
    from(sc.getConf).copy(hadoop = HadoopSettings.of(sc.hadoopConfiguration))

  /** The settings that a session has now. */
  private[tfpredict] def from(spark: SparkSession): Settings =
    from(SessionSettings.of(spark))
      .copy(hadoop = HadoopSettings.of(spark.sparkContext.hadoopConfiguration))

  /**
   * Reads the settings of a configuration.
   *
   * @throws IllegalArgumentException
   *   if a key is unknown, or a value is invalid
   */
  def from(conf: SparkConf): Settings = {
    SessionSettings.checkNames(conf)
    val rows = stated(conf, BatchRows).map(_ => conf.getInt(BatchRows.name, 0))
    val bytes = conf.getSizeAsBytes(BatchBytes.name, BatchBytes.default)
    rows.foreach(most => atLeast(1, BatchRows, most.toLong))
    atLeast(1, BatchBytes, bytes)
    val ops =
      conf.get(OpsAllowed.name, OpsAllowed.default).split(",").map(_.trim).filter(_.nonEmpty)
    val links = conf.getBoolean(LinksAllowed.name, LinksAllowed.default.toBoolean)
    val verify = conf.getBoolean(VerifyOnLoad.name, VerifyOnLoad.default.toBoolean)
    val timeout = conf.getTimeAsMs(RunTimeout.name, RunTimeout.default)
    atLeast(0, RunTimeout, timeout)
    val models = conf.getInt(MemoryModels.name, MemoryModels.default.toInt)
    val memory = conf.getSizeAsBytes(MemoryBytes.name, MemoryBytes.default)
    atLeast(0, MemoryModels, models.toLong)
    val path = stated(conf, DiskPath)
    // An executor's working folder is its own and is deleted with it, so a relative path is
    // refused.
    path.foreach(found =>
      IllegalValue.unless(Paths.get(found).isAbsolute, ErrorClass.SettingValue)(
        s"an absolute path for ${DiskPath.name}",
        found,
        "Set it to the full path of a local folder."
      )
    )
    val disk = conf.getSizeAsBytes(DiskBytes.name, DiskBytes.default)
    val hadoop = HadoopSettings.of(conf.getAllWithPrefix("spark.hadoop.").toSeq)
    val errors = stated(conf, ErrorsMax).map(_ => conf.getLong(ErrorsMax.name, 0))
    errors.foreach(atLeast(0, ErrorsMax, _))
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

  // Spark parses the number afterwards, and its error names the key.
  private def stated(conf: SparkConf, key: Key): Option[String] =
    Option(conf.get(key.name, key.default)).filter(_.nonEmpty)

  private def atLeast(least: Long, key: Key, found: Long): Unit =
    IllegalValue.unless(found >= least, ErrorClass.SettingValue)(
      s"at least $least for ${key.name}",
      found.toString,
      "Set it to a larger value, or remove it to have the default."
    )

  private def threads(conf: SparkConf): Threads = {
    val intra = conf.getInt(ThreadsIntra.name, conf.getInt("spark.task.cpus", 1))
    val inter = conf.getInt(ThreadsInter.name, conf.getInt("spark.executor.cores", 0))
    atLeast(0, ThreadsIntra, intra.toLong)
    atLeast(0, ThreadsInter, inter.toLong)
    Threads(intra, inter)
  }
}
