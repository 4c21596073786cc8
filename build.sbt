// One line of Spark today. A second one (Spark 4, Scala 2.13) gets a sibling of scala-spark-3 and a line here.
val sparkVersion = sys.props.getOrElse("spark.version", "3.5.7")
val scalaVersions = Map("3" -> "2.12.20")
val tensorflowVersion = "1.15.0"
val hadoopVersion = "3.3.4" // Spark's own
val protobufVersion = "3.5.1" // what TensorFlow 1.15's generated classes were made for
val sparkLine = sparkVersion.takeWhile(_ != '.')

ThisBuild / scalaVersion := scalaVersions.getOrElse(
  sparkLine,
  sys.error(
    s"-Dspark.version=$sparkVersion: tfpredict builds for Spark ${scalaVersions.keys.mkString(", ")}.x only"
  )
)
ThisBuild / organization := "io.github.tfpredict"
ThisBuild / semanticdbEnabled := true
ThisBuild / semanticdbVersion := "4.13.6"

// The version is written once, in the Python package.
ThisBuild / version := {
  val text = IO.read((ThisBuild / baseDirectory).value / "python/src/tfpredict/_version.py")
  """__version__ = "([^"]+)"""".r
    .findFirstMatchIn(text)
    .map(_.group(1))
    .getOrElse(sys.error("python/src/tfpredict/_version.py holds no __version__"))
}

lazy val strict = Seq(
  "-deprecation",
  "-feature",
  "-unchecked",
  "-Xlint",
  "-Ywarn-unused:imports,privates,locals,patvars,implicits",
  "-Xfatal-warnings"
)

lazy val tfpredict = (project in file("."))
  .enablePlugins(BuildInfoPlugin)
  .settings(
    name := "tfpredict",
    Compile / scalaSource := baseDirectory.value / "scala/src/main/scala",
    Compile / unmanagedSourceDirectories += baseDirectory.value / s"scala/src/main/scala-spark-$sparkLine",
    Compile / resourceDirectory := baseDirectory.value / "scala/src/main/resources",
    Test / scalaSource := baseDirectory.value / "tests/scala",
    scalacOptions ++= strict,
    libraryDependencies ++= Seq(
      "org.apache.spark" %% "spark-sql" % sparkVersion % Provided,
      "org.apache.spark" %% "spark-mllib" % sparkVersion % Provided,
      "org.tensorflow" % "tensorflow" % tensorflowVersion,
      "org.tensorflow" % "proto" % tensorflowVersion,
      "com.google.protobuf" % "protobuf-java" % protobufVersion,
      "org.scalatest" %% "scalatest" % "3.2.19" % Test,
      "org.apache.hadoop" % "hadoop-client-minicluster" % hadoopVersion % Test
    ),
    // Spark's own flags for its JVM; without them Java 17 refuses what Spark does.
    Test / fork := true,
    Test / javaOptions ++= Seq(
      "-Xmx2g",
      s"-Djava.io.tmpdir=${(target.value / "tmp").getAbsolutePath}",
      s"-Dtfpredict.models=${(baseDirectory.value / "tests/models/made").getAbsolutePath}"
    ) ++ sparkJavaOptions(sys.props("java.specification.version")),
    Test / testOptions += {
      val folder = target.value / "tmp"
      Tests.Setup { () =>
        IO.delete(folder) // what a killed run left
        IO.createDirectory(folder)
      }
    },
    buildInfoPackage := "tfpredict",
    buildInfoKeys := Seq[BuildInfoKey](
      version,
      "sparkVersion" -> sparkVersion,
      "tensorflowVersion" -> tensorflowVersion
    ),
    buildInfoOptions += BuildInfoOption.PackagePrivate,
    assembly / assemblyOutputPath :=
      baseDirectory.value / s"python/src/tfpredict/jars/tfpredict-assembly-${version.value}.jar",
    assembly / assemblyOption ~= (_.withIncludeScala(false)),
    assembly / test := {},
    /* Spark has a protobuf of its own. Never org.tensorflow: native code looks its classes up by
     * name. */
    /* Named library by library: renaming reads each file whole, and the natives are half a
     * gigabyte. */
    assembly / assemblyShadeRules := Seq(
      ShadeRule
        .rename("com.google.protobuf.**" -> "tfpredict.shaded.protobuf.@1")
        .inLibrary(
          "org.tensorflow" % "proto" % tensorflowVersion,
          "com.google.protobuf" % "protobuf-java" % protobufVersion
        )
        .inProject
    ),
    assembly / assemblyMergeStrategy := {
      case PathList("META-INF", "maven", _*) => MergeStrategy.discard
      case PathList("google", _*) => MergeStrategy.discard
      case PathList("org", "tensorflow", "native", platform, _*)
          if !nativePlatforms.contains(platform) =>
        MergeStrategy.discard
      case path => MergeStrategy.defaultMergeStrategy(path)
    }
  )

/** What `make bench` compares with and measures in the JVM: a jar beside the assembly jar. */
lazy val benchmarks = (project in file("benchmarks"))
  .enablePlugins(JmhPlugin)
  .dependsOn(tfpredict % "compile->compile;provided->provided")
  .settings(
    name := "tfpredict-benchmarks",
    scalacOptions ++= strict,
    Compile / scalaSource := baseDirectory.value / "scala",
    // With Spark, which is provided, and so in no other class path.
    Jmh / externalDependencyClasspath := (Compile / externalDependencyClasspath).value,
    Jmh / javaOptions ++= sparkJavaOptions(sys.props("java.specification.version")),
    Compile / packageBin / artifactPath :=
      (ThisBuild / baseDirectory).value / "build/benchmarks/tfpredict-benchmarks.jar"
  )

/**
 * Platforms whose native libraries the jar carries: this one's, or all of them with -Dnatives=all.
 */
lazy val nativePlatforms: Set[String] = {
  val os = sys.props("os.name").toLowerCase
  val host = if (os.contains("mac")) "darwin" else if (os.contains("win")) "windows" else "linux"
  sys.props.getOrElse("natives", "host") match {
    case "host" => Set(s"$host-x86_64")
    case "all" => Set("linux-x86_64", "darwin-x86_64", "windows-x86_64")
    case other => sys.error(s"-Dnatives=$other: expected host or all")
  }
}

/** The flags that Spark's launcher gives a JVM of this version. */
def sparkJavaOptions(java: String): Seq[String] =
  if (java.startsWith("1.")) Nil
  else org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions.trim.split("\\s+").toSeq
