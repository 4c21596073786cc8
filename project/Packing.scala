import sbt.Keys._
import sbt._
import sbtassembly.AssemblyPlugin.autoImport._

/** What the jars contain, and under which names. */
object Packing {
  val tensorflowVersion = "1.15.0"
  private val protobufVersion = "3.5.1" // the version that generated TensorFlow 1.15's classes

  /**
   * The libraries with TensorFlow's generated protobuf classes, and with protobuf itself. Spark has
   * its own protobuf, and a program may have its own `org.tensorflow:proto`. So both are renamed in
   * our jars. The runtime's classes keep their names, since native code looks them up by name.
   * Renaming is limited to these libraries: it reads each file completely, and the natives are half
   * a gigabyte.
   */
  val renamed: Seq[ModuleID] = Seq(
    "org.tensorflow" % "proto" % tensorflowVersion,
    "com.google.protobuf" % "protobuf-java" % protobufVersion
  )

  private val renames = Seq("distruntime", "example", "framework", "util").map { inner =>
    s"org.tensorflow.$inner.**" -> s"tfpredict.shaded.tensorflow.$inner.@1"
  } ++ Seq(
    "tensorflow.**" -> "tfpredict.shaded.tensorflow.root.@1",
    "com.google.protobuf.**" -> "tfpredict.shaded.protobuf.@1"
  )

  val shading: Seq[Setting[_]] = Seq(
    assembly / assemblyShadeRules :=
      Seq(ShadeRule.rename(renames: _*).inLibrary(renamed: _*).inProject),
    assembly / assemblyOption ~= (_.withIncludeScala(false)),
    assembly / test := {}
  )

  val merged: String => sbtassembly.MergeStrategy = {
    case PathList("META-INF", "maven", _*) => MergeStrategy.discard
    case PathList("google", _*) => MergeStrategy.discard
    case PathList("org", "tensorflow", "native", platform, _*)
        if !nativePlatforms.contains(platform) =>
      MergeStrategy.discard
    case path => MergeStrategy.defaultMergeStrategy(path)
  }

  /** Copies jars into an emptied folder. */
  def copied(jars: Seq[File], folder: File): Unit = {
    IO.delete(folder)
    IO.copy(jars.map(file => file -> folder / file.getName))
    ()
  }

  /**
   * TensorFlow's own loader reads its version here, for a file's name. The jar's version differs.
   */
  val runtimeVersion: PackageOption = {
    val manifest = new java.util.jar.Manifest
    val attributes = new java.util.jar.Attributes
    attributes.putValue("Implementation-Version", tensorflowVersion)
    manifest.getEntries.put("org/tensorflow/", attributes)
    Package.JarManifest(manifest)
  }

  /**
   * Platforms whose native libraries the jar contains: the build host's, or all with -Dnatives=all.
   */
  private lazy val nativePlatforms: Set[String] = {
    val os = sys.props("os.name").toLowerCase
    val host = if (os.contains("mac")) "darwin" else if (os.contains("win")) "windows" else "linux"
    sys.props.getOrElse("natives", "host") match {
      case "host" => Set(s"$host-x86_64")
      case "all" => Set("linux-x86_64", "darwin-x86_64", "windows-x86_64")
      case other => sys.error(s"-Dnatives=$other: expected host or all")
    }
  }
}
