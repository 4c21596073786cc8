import scala.sys.process.Process

import sbt.Keys._
import sbt._

/** The coverage of `make coverage`: `-Dcoverage=true tfpredict/test tfpredict/coverageReport`. */
object Coverage {
  private val jacocoVersion = "0.8.12"
  private val Jars = config("coverage").hide
  private val coverageReport =
    taskKey[Unit]("writes which lines the tests reached, into build/coverage")

  /**
   * The settings of the project with the tests, if coverage is asked for.
   *
   * @param covered
   *   the projects whose lines count
   */
  def of(covered: Project*): Seq[Setting[_]] = {
    val inCovered = ScopeFilter(inProjects(covered.map(project => LocalProject(project.id)): _*))
    if (!sys.props.contains("coverage")) Nil
    else
      Seq(
        ivyConfigurations += Jars,
        libraryDependencies ++= Seq(
          "org.jacoco" % "org.jacoco.agent" % jacocoVersion % Jars classifier "runtime",
          "org.jacoco" % "org.jacoco.cli" % jacocoVersion % Jars classifier "nodeps"
        ),
        Test / javaOptions += {
          val counts = baseDirectory.value / "build/coverage/scala.exec"
          val agent = jar(update.value, "org.jacoco.agent")
          s"-javaagent:$agent=destfile=$counts,includes=tfpredict.*"
        },
        coverageReport := {
          val folder = baseDirectory.value / "build/coverage"
          val tool = jar(update.value, "org.jacoco.cli")
          val classes = (Compile / classDirectory).all(inCovered).value
          val sources = (Compile / scalaSource).all(inCovered).value
          val java = s"${sys.props("java.home")}/bin/java"
          val command =
            Seq(
              java,
              "-jar",
              s"$tool",
              "report",
              s"$folder/scala.exec",
              "--html",
              s"$folder/scala"
            ) ++
              classes.flatMap(place => Seq("--classfiles", s"$place")) ++
              sources.flatMap(place => Seq("--sourcefiles", s"$place"))
          if (Process(command).! != 0) sys.error("no report of the coverage was written")
        }
      )
  }

  private def jar(update: UpdateReport, name: String): File =
    update.select(configurationFilter(Jars.name)).find(_.getName.startsWith(name)).get
}
