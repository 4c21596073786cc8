package tfpredict

import java.nio.file.Paths

/** Runs a test's program in a separate JVM with the test's class path. */
object ChildJvm {

  /** The command that starts it. */
  def command(options: Seq[String], program: String, arguments: String*): Seq[String] = {
    val java = Paths.get(sys.props("java.home"), "bin", "java").toString
    // Disables coverage in the child, which would write its data beside the build.
    val unmeasured = "-Djacoco-agent.output=none"
    Seq(java, "-cp", sys.props("java.class.path"), unmeasured) ++ options ++ (program +: arguments)
  }
}
