package tfpredict.diagnostics

import java.util.concurrent.TimeoutException

import scala.concurrent.Await
import scala.concurrent.duration._
import scala.util.Try

import org.apache.spark.{SparkConf, SparkContext, SparkEnv, SparkException}

import tfpredict.Settings
import tfpredict.model.ModelDescription
import tfpredict.options.{HadoopSettings, NamedModel, SessionSettings}

/**
 * Checks the driver and, by small jobs, each executor for problems that would stop a model there.
 */
private[tfpredict] object Doctor {

  /**
   * Checks all hosts. Each executor loads the native libraries; a cluster's driver loads nothing.
   *
   * @param session
   *   the settings of the session, which may have set some after Spark started
   * @param patience
   *   how long to wait for executors that are busy or have not started
   */
  def examine(
      sc: SparkContext,
      session: Map[String, String] = Map.empty,
      patience: FiniteDuration = 2.minutes
  ): DoctorReport = {
    val stated = settingsOf(sc.getConf.getAll.toMap ++ session)
    val settings = known(sc, stated)
    val wrong = stated.flatMap(_.problem) ++ unusable(sc.getConf, settings)
    if (sc.isLocal) {
      val host = HostExam.here("driver and executor", settings, loads = true)
      DoctorReport(Seq(host), wrong, stated)
    } else {
      val driver = HostExam.here("driver", settings, loads = false)
      val (executors, missing) = reach(sc, settings, patience)
      val hosts = driver +: executors
      DoctorReport(hosts, wrong ++ missing ++ differences(hosts), stated)
    }
  }

  private[diagnostics] def settingsOf(conf: Map[String, String]): Seq[SettingReport] =
    SessionSettings.stated(conf).map { case (key, value, problem) =>
      SettingReport(key, withoutPassword(value), problem)
    }

  /** Returns a problem for each model that the configuration names and that no query can call. */
  private[diagnostics] def unusable(conf: SparkConf, settings: Settings): Seq[String] =
    for {
      named <- NamedModel.in(conf).sortBy(_.name)
      spec <- Try(named.spec).toOption // otherwise one of its settings is a problem already
      problem <- Try(ModelDescription.of(spec, settings)).failed.toOption
    } yield s"${NamedModel.Prefix}${named.name} cannot be called: ${problem.getMessage}"

  // A URI may contain a password, and other people see reports.
  private def withoutPassword(value: String): String =
    value.replaceAll("(://[^/@:]*):[^/@]*@", "$1:…@")

  // Settings.from fails on an unknown key.
  private def known(sc: SparkContext, stated: Seq[SettingReport]): Settings = {
    val conf = sc.getConf
    stated.filterNot(_.isKnown).foreach(setting => conf.remove(setting.key))
    Settings.from(conf).copy(hadoop = HadoopSettings.of(sc.hadoopConfiguration))
  }

  /** Returns each executor's report, and a problem if some executors did not answer. */
  private[diagnostics] def reach(
      sc: SparkContext,
      settings: Settings,
      patience: FiniteDuration
  ): (Seq[HostReport], Option[String]) = {
    val deadline = patience.fromNow
    var answered = Map.empty[String, HostReport]
    try {
      do {
        answered ++= ask(sc, settings, deadline).map(report => report.role -> report)
        // Counts executors that started meanwhile too, since the tasks may have run on the others.
      } while (answered.size < expected(sc) && deadline.hasTimeLeft())
      (ordered(answered), unreached(answered.size, expected(sc), patience))
    } catch {
      case _: TimeoutException =>
        (ordered(answered), unreached(answered.size, math.max(1, expected(sc)), patience))
      case failed: SparkException => (ordered(answered), Some(broken(failed)))
    }
  }

  /** Returns a problem for each part whose version differs from the driver's. */
  private[diagnostics] def differences(hosts: Seq[HostReport]): Seq[String] =
    for {
      part <- Seq("tfpredict", "TensorFlow", "Spark", "Scala")
      driver = hosts.head.versions(part)
      others = hosts.tail.filter(_.versions(part) != driver)
      if others.nonEmpty
    } yield {
      val found = others.map(host => s"${host.role} has ${host.versions(part)}").mkString(", ")
      s"$part is $driver on the driver, and $found: give all the same, the jar with --jars"
    }

  private def ask(sc: SparkContext, settings: Settings, deadline: Deadline): Seq[HostReport] = {
    val asked = EachExecutor
      .ask(sc)(() =>
        Seq(HostExam.here(s"executor ${SparkEnv.get.executorId}", settings, loads = true))
      )
      .collectAsync()
    try Await.result(asked, deadline.timeLeft.max(1.milli))
    finally if (!asked.isCompleted) asked.cancel()
  }

  // The memory status lists the driver too.
  private def expected(sc: SparkContext): Int = {
    val conf = sc.getConf
    val wanted =
      if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) 0
      else conf.getInt("spark.executor.instances", 0)
    math.max(sc.getExecutorMemoryStatus.size - 1, wanted)
  }

  private def ordered(answered: Map[String, HostReport]): Seq[HostReport] =
    answered.values.toSeq.sortBy(report => (report.role.length, report.role))

  private def unreached(answered: Int, expected: Int, patience: FiniteDuration): Option[String] =
    if (answered >= expected) None
    else
      Some(
        s"$answered of $expected executors answered within ${patience.toSeconds} s: see in Spark's UI " +
          "whether the others are busy, have no room in the cluster, or cannot reach the driver"
      )

  private def broken(failed: SparkException): String = {
    val first = failed.getMessage.linesIterator.next()
    s"the job that looks at the executors failed ($first): see that each has this jar, with --jars"
  }
}
