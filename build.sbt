import com.typesafe.tools.mima.core.{Problem, ProblemFilters}

// There are two lines of Spark. -Dspark.version=4.2.0 builds the second one. Their differences are
// in scala-spark-3 and scala-spark-4.
val sparkVersion = sys.props.getOrElse("spark.version", "3.5.7")
val tensorflowVersion = "1.15.0"
val protobufVersion = "3.5.1" // the version that generated TensorFlow 1.15's classes
val jacocoVersion = "0.8.12"
val djlVersion = "0.36.0"
val onnxRuntimeVersion = "1.22.0"
val sparkLine = sparkVersion.takeWhile(_ != '.')

// Versions for each line. Hadoop's version is the one that Spark uses.
val lines = Map(
  "3" -> Map(
    "name" -> "spark3.5",
    "scala" -> "2.12.20",
    "semanticdb" -> "4.13.6",
    "hadoop" -> "3.3.4"
  ),
  "4" -> Map(
    "name" -> "spark4",
    "scala" -> "2.13.18",
    "semanticdb" -> "4.14.2",
    "hadoop" -> "3.5.0"
  )
)
val line = lines.getOrElse(
  sparkLine,
  sys.error(
    s"-Dspark.version=$sparkVersion: tfpredict builds for Spark ${lines.keys.mkString(", ")}.x only"
  )
)

Global / concurrentRestrictions := Seq(Tags.limitAll(3), Tags.limit(Tags.ForkedTestGroup, 3))

ThisBuild / scalaVersion := line("scala")
ThisBuild / organization := "io.github.tfpredict"
ThisBuild / organizationName := "tfpredict"
ThisBuild / semanticdbEnabled := true
ThisBuild / semanticdbVersion := line("semanticdb")

// The version is only written in the Python package.
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
) ++ (
  // Names that 2.13 deprecates are allowed, since 2.12 has no others.
  if (sparkLine == "3") Nil
  else
    Seq(
      "-Wconf:cat=deprecation&origin=scala\\..*:s",
      // A rule knows the number of its op's inputs.
      "-Xlint:-strict-unsealed-patmat"
    )
)

// The libraries with TensorFlow's generated protobuf classes, and with protobuf itself. Spark has
// its own protobuf, and a program may have its own `org.tensorflow:proto`. So both are renamed in
// our jars. The runtime's classes keep their names, since native code looks them up by name.
// Renaming is limited to these libraries: it reads each file completely, and the natives are half a
// gigabyte.
lazy val renamed = Seq(
  "org.tensorflow" % "proto" % tensorflowVersion,
  "com.google.protobuf" % "protobuf-java" % protobufVersion
)
lazy val renames = Seq("distruntime", "example", "framework", "util").map { inner =>
  s"org.tensorflow.$inner.**" -> s"tfpredict.shaded.tensorflow.$inner.@1"
} ++ Seq(
  "tensorflow.**" -> "tfpredict.shaded.tensorflow.root.@1",
  "com.google.protobuf.**" -> "tfpredict.shaded.protobuf.@1"
)
lazy val shading = Seq(
  assembly / assemblyShadeRules :=
    Seq(ShadeRule.rename(renames: _*).inLibrary(renamed: _*).inProject),
  assembly / assemblyOption ~= (_.withIncludeScala(false)),
  assembly / test := {}
)

/** The plugin interface of a Spark Connect server. There is no plugin for Spark 3. */
lazy val connect =
  if (sparkLine == "3") Nil
  else Seq("org.apache.spark" %% "spark-connect" % sparkVersion % Provided)

/**
 * Everything except the engine. It depends on no runtime, and finds an engine on the class path.
 */
lazy val core = (project in file("scala"))
  .enablePlugins(BuildInfoPlugin)
  .settings(
    name := "tfpredict-core",
    publish / skip := true,
    target := (ThisBuild / baseDirectory).value / "target/core",
    Compile / unmanagedSourceDirectories += baseDirectory.value / s"src/main/scala-spark-$sparkLine",
    scalacOptions ++= strict,
    // Only the Python package calls this package.
    Compile / doc / scalacOptions ++=
      Seq(
        "-doc-title",
        "tfpredict",
        "-doc-version",
        version.value,
        "-skip-packages",
        "tfpredict.python"
      ),
    Compile / doc / scalacOptions += "-no-link-warnings", // Scaladoc cannot link to Java classes
    Compile / doc / target := (ThisBuild / baseDirectory).value / "build/docs/scala",
    libraryDependencies ++= Seq(
      "org.apache.spark" %% "spark-sql" % sparkVersion % Provided,
      "org.apache.spark" %% "spark-mllib" % sparkVersion % Provided
    ) ++ connect ++ renamed,
    buildInfoPackage := "tfpredict",
    buildInfoOptions += BuildInfoOption.ConstantValue, // readable even with the wrong Scala version
    buildInfoKeys := Seq[BuildInfoKey](
      version,
      "sparkVersion" -> sparkVersion,
      "scalaVersion" -> scalaVersion.value
    ),
    buildInfoOptions += BuildInfoOption.PackagePrivate
  )

/** The engine: TensorFlow Java 1.15. Only its sources import the runtime. */
lazy val tensorflow1 = (project in file("engines/tensorflow1"))
  .enablePlugins(BuildInfoPlugin)
  .dependsOn(core % "compile->compile;provided->provided")
  .settings(
    name := "tfpredict-tensorflow1",
    publish / skip := true,
    target := (ThisBuild / baseDirectory).value / "target/tensorflow1",
    scalacOptions ++= strict,
    libraryDependencies += "org.tensorflow" % "tensorflow" % tensorflowVersion,
    buildInfoPackage := "tfpredict.engine.tensorflow1",
    buildInfoKeys := Seq[BuildInfoKey]("tensorflowVersion" -> tensorflowVersion),
    buildInfoOptions += BuildInfoOption.PackagePrivate
  )

/** The coverage of `make coverage`: `-Dcoverage=true tfpredict/test tfpredict/coverageReport`. */
lazy val Coverage = config("coverage").hide
lazy val coverageReport = taskKey[Unit]("writes which lines the tests reached, into build/coverage")
lazy val coverage: Seq[Setting[_]] =
  if (!sys.props.contains("coverage")) Nil
  else
    Seq(
      ivyConfigurations += Coverage,
      libraryDependencies ++= Seq(
        "org.jacoco" % "org.jacoco.agent" % jacocoVersion % Coverage classifier "runtime",
        "org.jacoco" % "org.jacoco.cli" % jacocoVersion % Coverage classifier "nodeps"
      ),
      Test / javaOptions += {
        val counts = baseDirectory.value / "build/coverage/scala.exec"
        val agent = coverageJar(update.value, "org.jacoco.agent")
        s"-javaagent:$agent=destfile=$counts,includes=tfpredict.*"
      },
      coverageReport := {
        val folder = baseDirectory.value / "build/coverage"
        val jar = coverageJar(update.value, "org.jacoco.cli")
        val classes =
          Seq(
            (core / Compile / classDirectory).value,
            (tensorflow1 / Compile / classDirectory).value
          )
        val sources = Seq("scala/src/main/scala", "engines/tensorflow1/src/main/scala")
          .map(baseDirectory.value / _)
        val java = s"${sys.props("java.home")}/bin/java"
        val command =
          Seq(java, "-jar", s"$jar", "report", s"$folder/scala.exec", "--html", s"$folder/scala") ++
            classes.flatMap(place => Seq("--classfiles", s"$place")) ++
            sources.flatMap(place => Seq("--sourcefiles", s"$place"))
        if (scala.sys.process.Process(command).! != 0)
          sys.error("no report of the coverage was written")
      }
    )
def coverageJar(update: UpdateReport, name: String): File =
  update.select(configurationFilter(Coverage.name)).find(_.getName.startsWith(name)).get

/**
 * The tests of core and engine, and the assembly jar with both. Other builds depend on `published`.
 */
lazy val tfpredict = (project in file("."))
  .dependsOn(core % "compile->compile;provided->provided", tensorflow1)
  .aggregate(core, tensorflow1, LocalProject("published"), LocalProject("natives"))
  .settings(shading, coverage)
  .settings(
    name := "tfpredict-build",
    publish / skip := true,
    assembly / aggregate := false,
    sourcesInBase := false,
    Test / scalaSource := baseDirectory.value / "tests/scala",
    Test / unmanagedSourceDirectories += baseDirectory.value / s"tests/scala-spark-$sparkLine",
    scalacOptions ++= strict,
    // A row in a test may have values of any types.
    Test / scalacOptions ++= (if (sparkLine == "3") Nil
                              else Seq("-Xlint:-infer-any", "-Wconf:cat=other-match-analysis:s")),
    libraryDependencies ++= Seq(
      "org.scalatest" %% "scalatest" % "3.2.19" % Test,
      "org.apache.hadoop" % "hadoop-client-minicluster" % line("hadoop") % Test
    ),
    // Spark's own JVM flags. Without them, Java 17 denies Spark access to internal classes.
    Test / fork := true,
    Test / javaOptions ++= Seq(
      "-Xmx2g",
      s"-Dtfpredict.models=${(baseDirectory.value / "tests/models/made").getAbsolutePath}",
      s"-Dtfpredict.published.jar=${(LocalProject("published") / Compile / packageBin).value.getAbsolutePath}",
      s"-Dtfpredict.published.pom=${(LocalProject("published") / makePom).value.getAbsolutePath}"
    ) ++ sparkJavaOptions(sys.props("java.specification.version")),
    // Three JVMs run side by side, since suites wait half of their time. They run suites with a
    // SparkSession, suites that start processes, and all others. Each JVM has its own temporary
    // folder.
    Test / testGrouping := {
      val options = (Test / forkOptions).value
      val kinds = Seq(
        "spark" -> "(sql|ml|rdd|versions)\\..*",
        "processes" -> "(engine|fuzz|savedmodel\\.(advisories|store))\\..*|[A-Z].*",
        "others" -> ".*"
      )
      val groups = (Test / definedTests).value.groupBy { suite =>
        val name = suite.name.stripPrefix("tfpredict.")
        kinds.collectFirst { case (kind, rooms) if name.matches(rooms) => kind }.get
      }
      for ((name, suites) <- groups.toSeq) yield {
        val folder = target.value / s"tmp-$name"
        IO.delete(folder) // left over from a killed run
        IO.createDirectory(folder)
        val own = options.withRunJVMOptions(
          options.runJVMOptions :+ s"-Djava.io.tmpdir=${folder.getAbsolutePath}"
        )
        Tests.Group(name, suites, Tests.SubProcess(own))
      }
    },
    assembly / packageOptions += runtimeVersion,
    assembly / assemblyOutputPath := baseDirectory.value /
      s"build/jars/tfpredict-assembly_${line("name")}_${scalaBinaryVersion.value}-${version.value}.jar",
    assembly / assemblyMergeStrategy := merged
  )

/**
 * TensorFlow's runtime alone, for the Python package. The package also has one thin jar per line.
 */
lazy val natives = (project in file("target/natives"))
  .settings(
    name := "tfpredict-natives",
    publish / skip := true,
    autoScalaLibrary := false,
    libraryDependencies += "org.tensorflow" % "tensorflow" % tensorflowVersion,
    assembly / packageOptions += runtimeVersion,
    assembly / assemblyOutputPath := carried.value / s"${name.value}-${version.value}.jar",
    assembly / assemblyMergeStrategy := merged
  )

/**
 * The thin jar for other builds and `--packages`. Its POM depends on TensorFlow's runtime, and the
 * jar contains the renamed libraries.
 */
lazy val published = (project in file("target/published"))
  .settings(shading)
  .settings(
    name := s"tfpredict-${line("name")}",
    moduleName := name.value, // by default without the dot
    description := "A TensorFlow SavedModel becomes a Spark function.",
    licenses := Seq(License.Apache2),
    autoScalaLibrary := false, // Spark provides it
    libraryDependencies ++= Seq(
      "org.apache.spark" %% "spark-sql" % sparkVersion % Provided,
      "org.apache.spark" %% "spark-mllib" % sparkVersion % Provided,
      "org.tensorflow" % "tensorflow" % tensorflowVersion
    ),
    Compile / packageBin := assembly.value,
    Compile / packageSrc / mappings ++=
      (core / Compile / packageSrc / mappings).value ++
        (tensorflow1 / Compile / packageSrc / mappings).value.map { case (file, place) =>
          file -> place.replace("sbt-buildinfo/", "sbt-buildinfo/tensorflow1/") // core has one too
        },
    Compile / packageDoc := (core / Compile / packageDoc).value,
    assembly / assemblyOutputPath := carried.value /
      s"${name.value}_${scalaBinaryVersion.value}-${version.value}.jar",
    assembly / fullClasspath := (tfpredict / Runtime / fullClasspath).value,
    assembly / assemblyExcludedJars := (assembly / fullClasspath).value.filter { entry =>
      val kept = renamed.map(module => s"${module.name}-${module.revision}.jar")
      entry.data.isFile && !kept.contains(entry.data.getName)
    },
    assembly / assemblyMergeStrategy := merged,
    // No version is published yet. After 0.1.0: Set(organization.value %% moduleName.value %
    // "0.1.0").
    mimaPreviousArtifacts := Set.empty,
    mimaCurrentClassfiles := (Compile / packageBin).value,
    mimaBinaryIssueFilters += ProblemFilters.exclude[Problem]("tfpredict.shaded.*")
  )

/**
 * The JVM side of `make bench`: other ways to predict, and measurements. A jar beside the assembly
 * jar.
 */
lazy val benchmarks = (project in file("benchmarks"))
  .enablePlugins(JmhPlugin)
  .dependsOn(tfpredict % "compile->compile;provided->provided")
  .settings(
    name := "tfpredict-benchmarks",
    scalacOptions ++= strict,
    Compile / scalaSource := baseDirectory.value / "scala",
    // With Spark, which is provided and so missing from the other class paths.
    Jmh / externalDependencyClasspath := (Compile / externalDependencyClasspath).value,
    Jmh / javaOptions ++= sparkJavaOptions(sys.props("java.specification.version")),
    Compile / packageBin / artifactPath :=
      (ThisBuild / baseDirectory).value / s"build/benchmarks/tfpredict-benchmarks_${line("name").stripPrefix("spark")}.jar"
  )

lazy val stage = taskKey[File]("copies a project's jar and the jars that it needs into build")

/**
 * ONNX Runtime and the Deep Java Library, for `make bench-scale`, apart from the other benchmarks
 * since their jars are large. `stage` copies all of them into build/benchmarks/peers.
 */
lazy val peers = (project in file("benchmarks/peers"))
  .dependsOn(benchmarks % "compile->compile;provided->provided")
  .settings(
    name := "tfpredict-peers",
    publish / skip := true,
    target := (ThisBuild / baseDirectory).value / "target/peers",
    scalacOptions ++= strict,
    Compile / scalaSource := baseDirectory.value,
    libraryDependencies ++= Seq(
      "com.microsoft.onnxruntime" % "onnxruntime" % onnxRuntimeVersion,
      "ai.djl" % "api" % djlVersion,
      "ai.djl.onnxruntime" % "onnxruntime-engine" % djlVersion
    ),
    stage := {
      val folder = (ThisBuild / baseDirectory).value / "build/benchmarks/peers"
      IO.delete(folder)
      val jars = (Compile / externalDependencyClasspath).value
        .map(_.data)
        .filter(_.getPath.matches(".*/(ai/djl|com/microsoft/onnxruntime|net/java/dev/jna)/.*"))
      IO.copy(jars.map(file => file -> folder / "lib" / file.getName))
      IO.copyFile((Compile / packageBin).value, folder / "tfpredict-peers.jar")
      folder
    }
  )

/**
 * The three programs of the original walk-through, written with TensorFlow Java alone. `stage`
 * copies their jar into build/byhand, and TensorFlow's own jars beside it. Programs there use no
 * jar of this project.
 */
lazy val byhand = (project in file("examples/byhand"))
  .settings(
    name := "byhand",
    publish / skip := true,
    target := (ThisBuild / baseDirectory).value / "target/byhand",
    scalacOptions ++= strict,
    Compile / scalaSource := baseDirectory.value,
    libraryDependencies ++= Seq(
      "org.apache.spark" %% "spark-sql" % sparkVersion % Provided,
      "org.tensorflow" % "tensorflow" % tensorflowVersion
    ) ++ renamed.map(_ % Test), // for a test program that reads a signature
    stage := {
      val folder = (ThisBuild / baseDirectory).value / "build/byhand"
      def staged(files: Seq[File], place: File) =
        IO.copy(files.map(file => file -> place / file.getName)).size
      val jars = (Test / externalDependencyClasspath).value
        .map(_.data)
        .filter(_.getPath.matches(".*/org/tensorflow/.*|.*/protobuf-java-[^/]*"))
      val isProto = (file: File) => renamed.exists(module => file.getName.startsWith(module.name))
      staged(jars.filterNot(isProto), folder / "lib")
      staged(jars.filter(isProto), folder / "proto")
      IO.copyFile((Compile / packageBin).value, folder / "byhand.jar")
      folder
    }
  )

/** The Python package's folder for jars. */
lazy val carried = Def.setting((ThisBuild / baseDirectory).value / "python/src/tfpredict/jars")

// TensorFlow's own loader reads its version here, for a file's name. The jar's own version differs.
lazy val runtimeVersion: PackageOption = {
  val manifest = new java.util.jar.Manifest
  val attributes = new java.util.jar.Attributes
  attributes.putValue("Implementation-Version", tensorflowVersion)
  manifest.getEntries.put("org/tensorflow/", attributes)
  Package.JarManifest(manifest)
}

lazy val merged: String => sbtassembly.MergeStrategy = {
  case PathList("META-INF", "maven", _*) => MergeStrategy.discard
  case PathList("google", _*) => MergeStrategy.discard
  case PathList("org", "tensorflow", "native", platform, _*)
      if !nativePlatforms.contains(platform) =>
    MergeStrategy.discard
  case path => MergeStrategy.defaultMergeStrategy(path)
}

/**
 * Platforms whose native libraries the jar contains: the build host's, or all with -Dnatives=all.
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

/** The flags that Spark's launcher passes to a JVM of this version. */
def sparkJavaOptions(java: String): Seq[String] =
  if (java.startsWith("1.")) Nil
  else org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions.trim.split("\\s+").toSeq
