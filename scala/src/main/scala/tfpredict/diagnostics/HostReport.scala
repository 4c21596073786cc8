package tfpredict.diagnostics

/**
 * The findings of `doctor` in one JVM, the driver's or an executor's. Sizes are in bytes.
 *
 * @param role
 *   `driver`, `executor 3`, or `driver and executor` in local mode
 * @param process
 *   the JVM, as `pid@host`
 * @param os
 *   the operating system's name and version
 * @param arch
 *   the processor architecture, such as `x86_64`
 * @param libc
 *   the C library, such as `glibc 2.36`. Empty if unknown.
 * @param java
 *   the full version of Java
 * @param folder
 *   the folder of native libraries and fetched models
 * @param diskFree
 *   bytes that this user may still write there, if known
 * @param heap
 *   maximum bytes of the JVM's heap
 * @param physical
 *   memory of the host, or of the container if Java knows its limit
 * @param outsideHeap
 *   bytes that this JVM uses outside its heap now, if known
 * @param outsideHeapLimit
 *   bytes that it may use there: `spark.executor.memoryOverhead`, or Spark's default. None in local
 *   mode and for the driver.
 * @param natives
 *   state of the native libraries: `loaded`, `failed`, or `not needed`
 * @param versions
 *   the version of each part, by the part's name
 * @param problems
 *   sentences, each with a fix. Empty if there is no problem.
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
 * A key `spark.tfpredict.*` that Spark's configuration or the session sets.
 *
 * @param value
 *   without the password of a URI
 * @param problem
 *   why it has no effect, such as a misspelt name; none if it has
 * @since 0.1.0
 */
final case class SettingReport(key: String, value: String, problem: Option[String]) {

  /** Whether the setting exists. */
  def isKnown: Boolean = problem.isEmpty
}

/**
 * The findings of `doctor`.
 *
 * @param hosts
 *   the driver's report first, then a report for each executor that answered
 * @param problems
 *   problems that belong to no single host
 * @param settings
 *   every key `spark.tfpredict.*` that is set, in the order of their names
 * @since 0.1.0
 */
final case class DoctorReport(
    hosts: Seq[HostReport],
    problems: Seq[String],
    settings: Seq[SettingReport] = Nil
) {

  /** Whether no problem was found. */
  def isWell: Boolean = problems.isEmpty && hosts.forall(_.problems.isEmpty)
}
