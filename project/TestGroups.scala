import sbt._

/**
 * Three JVMs run tests side by side, since suites wait half of their time: suites with a
 * SparkSession, suites that start processes, and all others. Each JVM has its own temporary folder.
 */
object TestGroups {
  private val kinds = Seq(
    "spark" -> "(sql|ml|rdd|versions)\\..*",
    "processes" -> "(engine|fuzz|savedmodel\\.(advisories|store))\\..*|[A-Z].*",
    "others" -> ".*"
  )

  def of(tests: Seq[TestDefinition], options: ForkOptions, folder: File): Seq[Tests.Group] = {
    val groups = tests.groupBy { suite =>
      val name = suite.name.stripPrefix("tfpredict.")
      kinds.collectFirst { case (kind, rooms) if name.matches(rooms) => kind }.get
    }
    for ((name, suites) <- groups.toSeq) yield {
      val temporary = folder / s"tmp-$name"
      IO.delete(temporary) // left over from a killed run
      IO.createDirectory(temporary)
      val own = options.withRunJVMOptions(
        options.runJVMOptions :+ s"-Djava.io.tmpdir=${temporary.getAbsolutePath}"
      )
      Tests.Group(name, suites, Tests.SubProcess(own))
    }
  }
}
