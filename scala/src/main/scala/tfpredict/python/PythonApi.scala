package tfpredict.python

import java.io.File
import java.util.regex.Pattern
import java.util.{List => JList, Map => JMap}

import scala.collection.JavaConverters._

import org.apache.hadoop.fs.FileUtil
import org.apache.hadoop.util.ShutdownHookManager
import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.diagnostics.{ExecutorLoads, HostReport}
import tfpredict.messages.{ErrorClass, IllegalValue}
import tfpredict.model.ColumnInfo
import tfpredict.options.{ModelOption, ModelOptions}
import tfpredict.tensor.TensorSpec
import tfpredict.{RegisteredModel, Tfpredict, functions}

/**
 * The functions that the Python package calls. They use Java types only, have no overloads, and
 * correspond to one Python function each.
 */
object PythonApi {
  // Hooks of lower priority run later, and Spark's has a priority above 10.
  private val AfterSpark = 1
  // The names of logs, of copies of standard input, and of outputs that are not complete.
  private val Unfinished = Pattern.compile("tfpredict-(log|input)-[^/]+|\\..+-[^/]+\\.tmp")

  def version(): String = Tfpredict.version

  /**
   * Registers a model.
   *
   * @param options
   *   values by the names of [[ModelOption]]s. Missing options have their defaults.
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
   * Returns a prediction as a column.
   *
   * @param names
   *   the input names of the last columns. The columns before them are matched by position.
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

  /**
   * Returns name, kind, default and doc of each option, and whether it applies to registered names
   * only.
   */
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
   * Returns for each executor and model: executor, process, path, version (-1 for none) and number
   * of loads.
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

  /** Follows the session's jobs until the result is closed. */
  def watch(spark: SparkSession): JobWatch = new JobWatch(spark.sparkContext)

  /**
   * Deletes a log's folder, a copy of standard input or an incomplete output when this JVM ends,
   * after Spark has stopped. A Python process that is killed cannot delete them itself. Closing the
   * result cancels the deletion.
   *
   * Any client of this JVM could use this call to delete files. So only paths with the names of
   * logs and incomplete outputs are accepted.
   */
  def deleteAtEnd(path: String): AutoCloseable = {
    val file = new File(path)
    IllegalValue.unless(Unfinished.matcher(file.getName).matches, ErrorClass.ArgumentValue)(
      "a path to delete that is named tfpredict-log-*, tfpredict-input-* or .NAME-*.tmp",
      path,
      "Delete it yourself."
    )
    val delete: Runnable = () => FileUtil.fullyDelete(file)
    ShutdownHookManager.get().addShutdownHook(delete, AfterSpark)
    () => ShutdownHookManager.get().removeShutdownHook(delete)
  }

  /** Whether TensorFlow's native library was requested in the driver's JVM. */
  def isNativeOnDriver(): Boolean = ExecutorLoads.isNativeHere

  /** Returns the report of `doctor`. Sizes are in bytes, and null if unknown. */
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
