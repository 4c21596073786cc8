package tfpredict.savedmodel.store

import java.nio.charset.StandardCharsets
import java.security.MessageDigest

/**
 * What tells a model's files from others: the names, lengths and times of all, and the bytes of all
 * but the variables' data. A model may have gigabytes of these, and `variables.index` has a
 * checksum of each tensor in them: another training has another index, whatever its files' times.
 */
private[savedmodel] object Fingerprint {

  def of(folder: ModelFolder): String = of(folder, folder.files)

  /** @param files all of the folder's, as they were listed */
  def of(folder: ModelFolder, files: Seq[ModelFile]): String = {
    val digest = MessageDigest.getInstance("SHA-256")
    files.foreach { file =>
      val line = s"${file.name} ${file.length} ${file.modified}\n"
      digest.update(line.getBytes(StandardCharsets.UTF_8))
    }
    files.filterNot(_.isShard).foreach { file =>
      val stream = folder.open(file.name)
      try Checksums.update(digest, stream)
      finally stream.close()
    }
    digest.digest().take(8).map(byte => f"$byte%02x").mkString
  }
}
