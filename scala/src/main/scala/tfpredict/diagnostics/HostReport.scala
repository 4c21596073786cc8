package tfpredict.diagnostics

/**
 * What `doctor` found in one JVM: the driver's or an executor's. Sizes are in bytes.
 *
 * @param role
 *   `driver`, `executor 3`, or `driver and executor` in local mode
 * @param process
 *   as `pid@host`
 * @param libc
 *   the C library, such as `glibc 2.36`; empty where it cannot be told
 * @param java
 *   its whole version
 * @param folder
 *   where native libraries and models that were brought are kept
 * @param diskFree
 *   what this user may still write there, if that can be told
 * @param heap
 *   what the JVM's heap may have
 * @param physical
 *   memory of the host, or of the container where Java knows of it
 * @param outsideHeap
 *   what this JVM has outside its heap now, if that can be told
 * @param outsideHeapLimit
 *   what it may have: `spark.executor.memoryOverhead`, or Spark's default; none in local mode and
 *   for the driver
 * @param natives
 *   `loaded`, `failed`, or `not needed`
 * @param versions
 *   of each part, by its name
 * @param problems
 *   sentences with a remedy each; none if all is well
 * @since 0.1.0
 */
final case class HostReport(
    role: String,
    process: String,
    os: String,
    arch: String,
    libc: String,
    java: String,
    folder: String,
    diskFree: Option[Long],
    heap: Long,
    physical: Option[Long],
    outsideHeap: Option[Long],
    outsideHeapLimit: Option[Long],
    natives: String,
    versions: Map[String, String],
    problems: Seq[String]
) {

  /** The host's name. */
  def host: String = process.dropWhile(_ != '@').drop(1)
}

/**
 * A key `spark.tfpredict.*` that is set, by Spark's configuration or by the session.
 *
 * @param value
 *   without the password of a URI
 * @param problem
 *   why it has no effect, such as a misspelt name; none if it has
 * @since 0.2.0
 */
final case class SettingReport(key: String, value: String, problem: Option[String]) {

  /** Whether there is such a setting. */
  def isKnown: Boolean = problem.isEmpty
}

/**
 * What `doctor` found.
 *
 * @param hosts
 *   the driver first, then the executors that answered
 * @param problems
 *   those of no host alone
 * @param settings
 *   every key `spark.tfpredict.*` that is set, in the order of their names
 * @since 0.1.0
 */
final case class DoctorReport(
    hosts: Seq[HostReport],
    problems: Seq[String],
    settings: Seq[SettingReport] = Nil
) {

  /** Whether nothing was found that hinders. */
  def isWell: Boolean = problems.isEmpty && hosts.forall(_.problems.isEmpty)
}
