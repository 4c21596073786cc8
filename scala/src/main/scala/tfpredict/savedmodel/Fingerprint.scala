package tfpredict.savedmodel

import java.nio.charset.StandardCharsets
import java.security.MessageDigest

/**
 * What tells a model's files from others: the hash of `saved_model.pb`, and the names, lengths and
 * times of all. Cheap, since a model may be gigabytes.
 */
private[savedmodel] object Fingerprint {

  def of(folder: ModelFolder): String = {
    val digest = MessageDigest.getInstance("SHA-256")
    folder.files.foreach { file =>
      val line = s"${file.name} ${file.length} ${file.modified}\n"
      digest.update(line.getBytes(StandardCharsets.UTF_8))
    }
    val stream = folder.open(SavedModelReader.FileName)
    try Checksums.update(digest, stream)
    finally stream.close()
    digest.digest().take(8).map(byte => f"$byte%02x").mkString
  }
}
