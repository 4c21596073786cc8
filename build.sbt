import com.typesafe.tools.mima.core.{Problem, ProblemFilters}

import Packing.{copied, merged, renamed, runtimeVersion, shading, tensorflowVersion}

// Versions of each line of Spark are in project/SparkLine.scala; what jars contain, in Packing.scala.
val line = SparkLine.current
val djlVersion = "0.36.0"
val onnxRuntimeVersion = "1.22.0"

Global / concurrentRestrictions := Seq(Tags.limitAll(3), Tags.limit(Tags.ForkedTestGroup, 3))

ThisBuild / scalaVersion := line.scala
ThisBuild / organization := "io.github.tfpredict"
ThisBuild / organizationName := "tfpredict"
ThisBuild / semanticdbEnabled := true
ThisBuild / semanticdbVersion := line.semanticdb

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
  if (SparkLine.isFirst) Nil
  else
    Seq(
      "-Wconf:cat=deprecation&origin=scala\\..*:s",
      // A rule knows the number of its op's inputs.
      "-Xlint:-strict-unsealed-patmat"
    )
)

/** The plugin interface of a Spark Connect server. There is no plugin for Spark 3. */
lazy val connect =
  if (SparkLine.isFirst) Nil
  else Seq("org.apache.spark" %% "spark-connect" % SparkLine.version % Provided)

/**
 * Everything except the engine. It depends on no runtime, and finds an engine on the class path.
 */
lazy val core = (project in file("scala"))
  .enablePlugins(BuildInfoPlugin)
  .settings(
    name := "tfpredict-core",
    publish / skip := true,
    target := (ThisBuild / baseDirectory).value / "target/core",
    Compile / unmanagedSourceDirectories += baseDirectory.value / s"src/main/scala-spark-${SparkLine.number}",
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
      "org.apache.spark" %% "spark-sql" % SparkLine.version % Provided,
      "org.apache.spark" %% "spark-mllib" % SparkLine.version % Provided
    ) ++ connect ++ renamed,
    buildInfoPackage := "tfpredict",
    buildInfoOptions += BuildInfoOption.ConstantValue, // readable even with the wrong Scala version
    buildInfoKeys := Seq[BuildInfoKey](
      version,
      "sparkVersion" -> SparkLine.version,
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

/**
 * The tests of core and engine, and the assembly jar with both. Other builds depend on `published`.
 */
lazy val tfpredict = (project in file("."))
  .dependsOn(core % "compile->compile;provided->provided", tensorflow1)
  .aggregate(core, tensorflow1, LocalProject("published"), LocalProject("natives"))
  .settings(shading, Coverage.of(core, tensorflow1))
  .settings(
    name := "tfpredict-build",
    publish / skip := true,
    assembly / aggregate := false,
    sourcesInBase := false,
    Test / scalaSource := baseDirectory.value / "tests/scala",
    Test / unmanagedSourceDirectories += baseDirectory.value / s"tests/scala-spark-${SparkLine.number}",
    scalacOptions ++= strict,
    // A row in a test may have values of any types.
    Test / scalacOptions ++= (if (SparkLine.isFirst) Nil
                              else Seq("-Xlint:-infer-any", "-Wconf:cat=other-match-analysis:s")),
    libraryDependencies ++= Seq(
      "org.scalatest" %% "scalatest" % "3.2.19" % Test,
      "org.apache.hadoop" % "hadoop-client-minicluster" % line.hadoop % Test
    ),
    // Spark's own JVM flags. Without them, Java 17 denies Spark access to internal classes.
    Test / fork := true,
    Test / javaOptions ++= Seq(
      "-Xmx2g",
      s"-Dtfpredict.models=${(baseDirectory.value / "tests/models/made").getAbsolutePath}",
      s"-Dtfpredict.published.jar=${(LocalProject("published") / Compile / packageBin).value.getAbsolutePath}",
      s"-Dtfpredict.published.pom=${(LocalProject("published") / makePom).value.getAbsolutePath}"
    ) ++ SparkLine.javaOptions(sys.props("java.specification.version")),
    Test / testGrouping :=
      TestGroups.of((Test / definedTests).value, (Test / forkOptions).value, target.value),
    assembly / packageOptions += runtimeVersion,
    assembly / assemblyOutputPath := baseDirectory.value /
      s"build/jars/tfpredict-assembly_${line.name}_${scalaBinaryVersion.value}-${version.value}.jar",
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
    name := s"tfpredict-${line.name}",
    moduleName := name.value, // by default without the dot
    description := "A TensorFlow SavedModel becomes a Spark function.",
    licenses := Seq(License.Apache2),
    autoScalaLibrary := false, // Spark provides it
    libraryDependencies ++= Seq(
      "org.apache.spark" %% "spark-sql" % SparkLine.version % Provided,
      "org.apache.spark" %% "spark-mllib" % SparkLine.version % Provided,
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
    Jmh / javaOptions ++= SparkLine.javaOptions(sys.props("java.specification.version")),
    Compile / packageBin / artifactPath :=
      (ThisBuild / baseDirectory).value / s"build/benchmarks/tfpredict-benchmarks_${line.name.stripPrefix("spark")}.jar"
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
      val jars = (Compile / externalDependencyClasspath).value
        .map(_.data)
        .filter(_.getPath.matches(".*/(ai/djl|com/microsoft/onnxruntime|net/java/dev/jna)/.*"))
      copied(jars, folder / "lib")
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
      "org.apache.spark" %% "spark-sql" % SparkLine.version % Provided,
      "org.tensorflow" % "tensorflow" % tensorflowVersion
    ) ++ renamed.map(_ % Test), // for a test program that reads a signature
    stage := {
      val folder = (ThisBuild / baseDirectory).value / "build/byhand"
      val jars = (Test / externalDependencyClasspath).value
        .map(_.data)
        .filter(_.getPath.matches(".*/org/tensorflow/.*|.*/protobuf-java-[^/]*"))
      val isProto = (file: File) => renamed.exists(module => file.getName.startsWith(module.name))
      copied(jars.filterNot(isProto), folder / "lib")
      copied(jars.filter(isProto), folder / "proto")
      IO.copyFile((Compile / packageBin).value, folder / "byhand.jar")
      folder
    }
  )

/** The Python package's folder for jars. */
lazy val carried = Def.setting((ThisBuild / baseDirectory).value / "python/src/tfpredict/jars")
