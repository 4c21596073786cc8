package tfpredict.savedmodel.store

import java.io.{IOException, InputStream}
import java.nio.charset.StandardCharsets
import java.nio.file.{Files, InvalidPathException, Path}
import java.security.MessageDigest

import scala.collection.JavaConverters._

import tfpredict.messages.ErrorClass
import tfpredict.{ModelLoadException, ModelSpec}

/**
 * Compares a model's files with the checksums that `tfpredict.export` wrote beside them, in the
 * format of `sha256sum`. One changed bit of a graph can change a constant, and nothing else would
 * notice. The variables' data are not included: they have their own checksums, which the restore
 * verifies.
 */
private[tfpredict] object Checksums {
  val Name = "assets.extra/tfpredict_sha256"

  private val Line = "([0-9a-f]{64})  (.+)".r

  /**
   * @throws ModelLoadException
   *   if a file differs, with the first file's name
   */
  def check(model: ModelSpec, directory: Path): Unit = {
    val list = directory.resolve(Name)
    if (Files.isRegularFile(list)) {
      val lines =
        try Files.readAllLines(list, StandardCharsets.UTF_8).asScala
        catch {
          case unread: IOException =>
            refuse(model, ErrorClass.ModelDamaged, s"a readable $list", s"$unread", unread)
        }
      lines.foreach {
        case Line(expected, name) =>
          val file = inside(directory, name).getOrElse(
            refuse(model, ErrorClass.ModelDamaged, s"names of the model's own files in $list", name)
          )
          val found =
            try sha256(file)
            catch {
              case unread: IOException =>
                refuse(model, ErrorClass.ModelDamaged, s"a readable $file", s"$unread", unread)
            }
          if (found != expected) {
            refuse(
              model,
              ErrorClass.Checksum,
              s"$file with the checksum $expected, as it was exported",
              s"the checksum $found"
            )
          }
        case other =>
          refuse(model, ErrorClass.ModelDamaged, s"checksums in $list", s"the line $other")
      }
    }
  }

  /** Writes the checksums of a complete folder, as `tfpredict.export` does. */
  def write(directory: Path): Unit = {
    val files = ModelFolder.local(directory).files.filterNot(_.isShard).map(_.name)
    val lines = files.map(name => s"${sha256(directory.resolve(name))}  $name")
    val list = directory.resolve(Name)
    Files.createDirectories(list.getParent)
    Files.write(list, lines.asJava, StandardCharsets.UTF_8)
    ()
  }

  def sha256(file: Path): String = {
    val digest = MessageDigest.getInstance("SHA-256")
    val stream = Files.newInputStream(file)
    try update(digest, stream)
    finally stream.close()
    digest.digest().map(byte => f"$byte%02x").mkString
  }

  /** Adds all bytes of a stream of any length. */
  def update(digest: MessageDigest, stream: InputStream): Unit = {
    val buffer = new Array[Byte](1 << 16)
    Iterator
      .continually(stream.read(buffer))
      .takeWhile(_ >= 0)
      .foreach(digest.update(buffer, 0, _))
  }

  private def inside(directory: Path, name: String): Option[Path] =
    try {
      val file = directory.resolve(name)
      // The model's files were found to be plain files before. This one must be plain or missing.
      if (file.normalize == file && file.startsWith(directory) && isPlainOrLost(file)) Some(file)
      else None
    } catch { case _: InvalidPathException => None }

  private def isPlainOrLost(file: Path): Boolean = Files.isRegularFile(file) || !Files.exists(file)

  private def refuse(
      model: ModelSpec,
      error: ErrorClass,
      expected: String,
      found: String,
      cause: Exception = null
  ): Nothing =
    throw new ModelLoadException(
      error,
      model.label,
      expected,
      found,
      "Copy or export the model again: the file was damaged or changed.",
      cause
    )
}
