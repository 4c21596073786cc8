// A program as other people build theirs: tfpredict comes from a repository, by its POM alone.
scalaVersion := "2.12.20"
libraryDependencies ++= Seq(
  "io.github.tfpredict" %% "tfpredict-spark3.5" % sys.props("tfpredict.version"),
  "org.apache.spark" %% "spark-sql" % "3.5.7", // Provided, where spark-submit runs the program
  // A newer protobuf than TensorFlow's, of the program's own.
  "com.google.protobuf" % "protobuf-java" % "3.25.5"
)

// Spark's own flags for its JVM, as spark-submit gives them.
run / fork := true
run / javaOptions ++=
  org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions.trim.split("\\s+").toSeq
