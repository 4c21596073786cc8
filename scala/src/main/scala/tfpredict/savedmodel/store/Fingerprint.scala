package tfpredict.savedmodel.store

import java.nio.charset.StandardCharsets
import java.security.MessageDigest

/**
 * Identifies a model's files. It covers all names, lengths and times, and all bytes except the
 * variables' data. Those may be gigabytes, and `variables.index` has a checksum of each tensor in
 * them. A new training changes the index, so its fingerprint differs even with equal times.
 */
private[savedmodel] object Fingerprint {

  def of(folder: ModelFolder): String = of(folder, folder.files)

  /**
   * @param files
   *   all files of the folder, as they were listed
   */
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
