package tfpredict.savedmodel.store

import java.net.{URI, URISyntaxException}
import java.nio.file.Paths

import scala.util.Try

import org.apache.hadoop.util.VersionInfo

import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelNotFoundException, ModelSpec}

/** What to do about a path without a SavedModel, by what is there. */
private[savedmodel] object WrongPlace {

  /** What a file is that stands where a folder is expected, and the fix. */
  private def ofFile(file: ModelFolder): (String, String) = file.name.toLowerCase match {
    case SavedModelFile.FileName | SavedModelFile.TextName =>
      ("a file of a SavedModel", "Give the folder that holds it.")
    case archive if archive.matches(".*\\.(zip|tar|tgz|gz|bz2|xz)") =>
      ("an archive", "Unpack it, and give the folder.")
    case _ => ofOthers(file).getOrElse(("a file", "Give the folder of a SavedModel."))
  }

  private val Checkpoint =
    """checkpoint|.*\.ckpt(-\d+)?(\.(index|meta|data-.*))?|.*\.data-\d+-of-\d+"""

  // Files of a SavedModel.
  private val OfSavedModels =
    Set(SavedModelFile.FileName, SavedModelFile.TextName, "fingerprint.pb", "keras_metadata.pb")

  // The kind of a file in another format, and the fix.
  private def ofOthers(file: ModelFolder): Option[(String, String)] =
    file.name.toLowerCase match {
      case keras if keras.matches(".*\\.(keras|h5|hdf5)") =>
        Some("a Keras file" -> s"Write it as a SavedModel, in the shell: ${exporting(file)}")
      case frozen if frozen.matches(".*\\.(pb|pbtxt)") && !OfSavedModels(frozen) =>
        Some(
          "a graph without signatures" ->
            ("Name its inputs and outputs, in the shell: " +
              s"${exporting(file)} --inputs x:0 --outputs y:0 (without names it lists the graph's)")
        )
      case lite if lite.endsWith(".tflite") =>
        Some(
          "a TensorFlow Lite model" -> "Export the model that it was made from, with tfpredict.export."
        )
      case onnx if onnx.endsWith(".onnx") =>
        Some("an ONNX model" -> "Export the model that it was made from as a SavedModel.")
      case weights if weights.matches(Checkpoint) =>
        val fix = "Load it into the model that wrote it, and export that with tfpredict.export."
        Some("a checkpoint, which has no graph" -> fix)
      case _ => None
    }

  /** The command that exports a file or folder as a readable SavedModel. */
  def exporting(file: Any): String = s"tfpredict export $file NEW_FOLDER"

  /** Rejects a file in place of a folder. */
  def checkFile(spec: ModelSpec, root: ModelFolder): Unit =
    if (root.isFile) {
      val (found, fix) = ofFile(root)
      refuse(ErrorClass.ModelFormat, spec, "a folder", s"$found, $root", fix)
    }

  /** Rejects a folder of versions whose names are not plain numbers. */
  def checkNumbers(spec: ModelSpec, root: ModelFolder, names: Seq[String]): Unit = {
    // For instance 001 or v1.
    val odd = names.take(10).find(root.resolve(_).length(SavedModelFile.FileName).isDefined)
    odd.foreach { name =>
      refuse(
        ErrorClass.VersionNotFound,
        spec,
        s"folders of versions in $root, named by plain numbers such as 1 and 20240131",
        s"the model $name",
        s"Rename the folder, or give its own path, $root/$name."
      )
    }
  }

  /** Rejects a folder of another format. */
  def checkFormat(spec: ModelSpec, root: ModelFolder, names: Seq[String]): Unit =
    names.flatMap(name => ofOthers(root.resolve(name)).map(name -> _)).headOption.foreach {
      case (name, (what, fix)) =>
        refuse(ErrorClass.ModelFormat, spec, "a SavedModel", s"$what ($name) in $root", fix)
    }

  /**
   * Rejects a relative path that does not exist. The message shows the working folder, which users
   * often do not expect.
   */
  def checkRelative(spec: ModelSpec, root: ModelFolder): Unit =
    if (isRelative(spec.path) && !root.isDirectory && !root.isFile) {
      refuse(
        ErrorClass.ModelNotFound,
        spec,
        "a folder",
        s"no such folder, $root",
        s"Give the full path. A relative path is below ${Paths.get("").toAbsolutePath}, where this " +
          "JVM was started; os.chdir does not change that."
      )
    }

  private def isRelative(path: String): Boolean =
    !path.matches("[A-Za-z][A-Za-z0-9+.-]+:.*") && Try(!Paths.get(path).isAbsolute).getOrElse(false)

  /** Rejects a web address. Hadoop would take it for an empty file system. */
  def checkScheme(spec: ModelSpec): Unit =
    if (spec.path.matches("(?i)(https?|ftps?):.*")) {
      refuse(
        ErrorClass.ModelPath,
        spec,
        "a folder of a file system",
        s"the web address ${spec.path}",
        "Download the model, and give its folder."
      )
    }

  /** Rejects an invalid URI. */
  def refuseUri(spec: ModelSpec, odd: URISyntaxException): Nothing = {
    val found = s"${odd.getReason} at place ${odd.getIndex} of ${spec.path}"
    refuse(ErrorClass.ModelPath, spec, "a path or a URI", found, escaping(spec.path))
  }

  private def refuse(
      error: ErrorClass,
      spec: ModelSpec,
      expected: String,
      found: String,
      fix: String
  ): Nothing = throw new ModelNotFoundException(error, spec.label, expected, found, fix)

  private def escaping(path: String): String = {
    val (scheme, rest) = path.splitAt(path.indexOf(':'))
    Try(new URI(scheme, rest.drop(1), null).toString).toOption.filter(_ => scheme.nonEmpty) match {
      case Some(escaped) if scheme.equalsIgnoreCase("file") =>
        s"Give the plain path ${rest.drop(1).replaceFirst("^/+", "/")}, or escape the URI: $escaped"
      case Some(escaped) => s"Escape the URI: $escaped"
      case None => "Give a plain path, or escape the URI."
    }
  }

  /** The fix for a URI scheme that Hadoop lacks. */
  def ofScheme(uri: String): String = {
    val hadoop = VersionInfo.getVersion
    uri.takeWhile(_ != ':').toLowerCase match {
      case "s3a" => s"Start Spark with --packages org.apache.hadoop:hadoop-aws:$hadoop."
      case "s3" | "s3n" =>
        s"Write s3a:// and start Spark with --packages org.apache.hadoop:hadoop-aws:$hadoop."
      case "abfs" | "abfss" | "wasb" | "wasbs" =>
        s"Start Spark with --packages org.apache.hadoop:hadoop-azure:$hadoop."
      case "gs" =>
        "Start Spark with --packages com.google.cloud.bigdataoss:gcs-connector:hadoop3-2.2.26."
      case "dbfs" =>
        "Give the path below /dbfs where Databricks mounts it, or copy the model elsewhere."
      case _ => "Add its jar, for instance with --packages, or copy the model elsewhere."
    }
  }
}
