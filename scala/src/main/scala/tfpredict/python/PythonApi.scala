package tfpredict.python

import java.io.File
import java.util.regex.Pattern
import java.util.{List => JList, Map => JMap}

import scala.collection.JavaConverters._

import org.apache.hadoop.fs.FileUtil
import org.apache.hadoop.util.ShutdownHookManager
import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.diagnostics.{ExecutorLoads, HostReport}
import tfpredict.messages.{IllegalValue, OneLine}
import tfpredict.model.ColumnInfo
import tfpredict.options.{ModelOption, ModelOptions}
import tfpredict.tensor.TensorSpec
import tfpredict.{RegisteredModel, Tfpredict, functions}

/** What Python calls: flat, Java types only, no overloads, one call for each Python function. */
object PythonApi {
  // Hooks of a lower priority run later; Spark's is above 10.
  private val AfterSpark = 1
  // The names that the package gives to what it has not finished.
  private val Unfinished = Pattern.compile("tfpredict-(log|input)-[^/]+|\\..+-[^/]+\\.tmp")

  def version(): String = Tfpredict.version

  /**
   * @param options
   *   by the names of [[ModelOption]]s; what is left out has its default
   */
  def register(
      spark: SparkSession,
      path: String,
      name: String,
      options: JMap[String, Object]
  ): JMap[String, Object] = {
    val stated = told(options)
    describe(Tfpredict.register(spark, stated.spec(path), name, stated.ofCalls, stated.replaces))
  }

  def unregister(spark: SparkSession, name: String): Unit = Tfpredict.unregister(spark, name)

  def registered(spark: SparkSession): JList[JMap[String, Object]] =
    Tfpredict.registered(spark).map(describe).asJava

  def refresh(spark: SparkSession, name: String): JMap[String, Object] =
    describe(Tfpredict.refresh(spark, name))

  /**
   * @param names
   *   the inputs that the last of the columns are; the others go by position
   */
  def predict(
      path: String,
      columns: JList[Column],
      names: JList[String],
      options: JMap[String, Object]
  ): Column = {
    val (positional, named) = columns.asScala.toSeq.splitAt(columns.size - names.size)
    val stated = told(options)
    functions.predict(
      stated.spec(path),
      stated.ofCalls,
      positional,
      names.asScala.toSeq.zip(named)
    )
  }

  /** For each option of a model: name, kind, default, doc, and whether it is of a name only. */
  def modelOptions(): JList[JMap[String, Object]] =
    ModelOption.all
      .map { option =>
        Map[String, Object](
          "name" -> option.name,
          "kind" -> option.kind,
          "default" -> option.defaultWord,
          "doc" -> option.doc,
          "of_name" -> Boolean.box(!ModelOption.ofCalls.contains(option))
        ).asJava
      }
      .asJava

  /**
   * For each executor and model: executor, process, path, version (-1 for none) and number of
   * loads.
   */
  def executorLoads(spark: SparkSession): JList[JMap[String, Object]] =
    ExecutorLoads
      .of(spark.sparkContext)
      .map { loads =>
        Map[String, Object](
          "executor" -> loads.executor,
          "process" -> loads.process,
          "path" -> loads.path,
          "version" -> Long.box(loads.version),
          "loads" -> Int.box(loads.loads)
        ).asJava
      }
      .asJava

  /** Follows the session's jobs until it is closed. */
  def watch(spark: SparkSession): JobWatch = new JobWatch(spark.sparkContext)

  /**
   * Deletes a log's folder, a copy of standard input, or an incomplete output, when this JVM ends,
   * after Spark has. A Python process that was killed cannot do it. Closing the result cancels it.
   * A path with another name is refused, since whoever reaches this JVM could delete by it.
   */
  def deleteAtEnd(path: String): AutoCloseable = {
    val file = new File(path)
    IllegalValue.unless(
      Unfinished.matcher(file.getName).matches,
      s"cannot delete ${OneLine.of(path)}: expected tfpredict-log-*, tfpredict-input-* or " +
        ".NAME-*.tmp"
    )
    val delete: Runnable = () => FileUtil.fullyDelete(file)
    ShutdownHookManager.get().addShutdownHook(delete, AfterSpark)
    () => ShutdownHookManager.get().removeShutdownHook(delete)
  }

  /** Whether the driver's JVM has asked for TensorFlow's native library. */
  def isNativeOnDriver(): Boolean = ExecutorLoads.isNativeHere

  /** What the package's `doctor` shows; sizes in bytes, null where they cannot be told. */
  def doctor(spark: SparkSession): JMap[String, Object] = {
    val report = Tfpredict.doctor(spark)
    Map[String, Object](
      "hosts" -> report.hosts.map(describe).asJava,
      "problems" -> report.problems.asJava,
      "settings" -> report.settings.map { setting =>
        Map[String, Object](
          "key" -> setting.key,
          "value" -> setting.value,
          "problem" -> setting.problem.orNull
        ).asJava
      }.asJava
    ).asJava
  }

  private def describe(host: HostReport): JMap[String, Object] =
    Map[String, Object](
      "role" -> host.role,
      "process" -> host.process,
      "host" -> host.host,
      "os" -> host.os,
      "arch" -> host.arch,
      "libc" -> host.libc,
      "java" -> host.java,
      "folder" -> host.folder,
      "disk_free" -> host.diskFree.map(Long.box).orNull,
      "heap" -> Long.box(host.heap),
      "physical" -> host.physical.map(Long.box).orNull,
      "outside_heap" -> host.outsideHeap.map(Long.box).orNull,
      "outside_heap_limit" -> host.outsideHeapLimit.map(Long.box).orNull,
      "natives" -> host.natives,
      "versions" -> host.versions.asJava,
      "problems" -> host.problems.asJava
    ).asJava

  private def told(options: JMap[String, Object]): ModelOptions = {
    val stated = new ModelOptions(options.asScala.toMap, identity)
    stated.checkNames()
    stated
  }

  private def describe(model: RegisteredModel): JMap[String, Object] =
    Map[String, Object](
      "name" -> model.name,
      "path" -> model.spec.path,
      "version" -> model.spec.version.map(Long.box).orNull,
      "signature" -> model.signature.name,
      "fingerprint" -> model.spec.fingerprint.orNull,
      "inputs" -> model.signature.inputs.map(describe).asJava,
      "outputs" -> model.signature.outputs.map(describe).asJava,
      "problem" -> model.problem.orNull
    ).asJava

  private def describe(tensor: TensorSpec): JMap[String, Any] =
    Described.column(ColumnInfo.of(tensor))
}
