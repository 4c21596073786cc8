package tfpredict

import java.nio.file.Paths

/** A JVM of its own for a test's program, with the test's own classes. */
object ChildJvm {

  /** The command that starts it. */
  def command(options: Seq[String], program: String, arguments: String*): Seq[String] = {
    val java = Paths.get(sys.props("java.home"), "bin", "java").toString
    // Where coverage is measured, what a child reaches is not: it would write it beside the build.
    val unmeasured = "-Djacoco-agent.output=none"
    Seq(java, "-cp", sys.props("java.class.path"), unmeasured) ++ options ++ (program +: arguments)
  }
}
