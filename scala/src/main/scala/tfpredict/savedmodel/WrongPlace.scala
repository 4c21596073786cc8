package tfpredict.savedmodel

import org.apache.hadoop.util.VersionInfo

/** What to do about a path that is no model's, by what stands there. */
private[savedmodel] object WrongPlace {

  /** What a file is that stands where a folder is expected, and the remedy. */
  def ofFile(name: String): (String, String) = name.toLowerCase match {
    case SavedModelReader.FileName | SavedModelReader.TextName =>
      ("a file of a SavedModel", "Give the folder that holds it.")
    case keras if keras.matches(".*\\.(keras|h5|hdf5)") =>
      (
        "a Keras file",
        "Load it with keras.models.load_model, and export the model with tfpredict.export."
      )
    case frozen if frozen.matches(".*\\.(pb|pbtxt)") =>
      (
        "a graph without signatures",
        "Import it in TensorFlow with tf.compat.v1.wrap_function, and export that with " +
          "tfpredict.export."
      )
    case archive if archive.matches(".*\\.(zip|tar|tgz|gz|bz2|xz)") =>
      ("an archive", "Unpack it, and give the folder.")
    case _ => ("a file", "Give the folder of a SavedModel.")
  }

  /** What lets Hadoop reach a file system of this scheme. */
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
      case _ => "Add its jar, for instance with --packages, or copy the model elsewhere."
    }
  }
}
