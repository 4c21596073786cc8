package tfpredict.savedmodel

import java.net.{URI, URISyntaxException}
import java.nio.charset.StandardCharsets
import java.nio.file.{FileVisitOption, Files, InvalidPathException, Path, Paths}
import java.security.MessageDigest

import scala.collection.JavaConverters._

import tfpredict.{ModelLoadException, ModelNotFoundException, ModelSpec}

/**
 * Finds a model's folder: decides its version on the driver, and on an executor checks that it is
 * still the same.
 */
private[tfpredict] object ModelStore {

  /**
   * The spec with its version and fingerprint decided.
   *
   * @throws ModelNotFoundException
   *   if there is no complete model at the path, or not that version of it
   */
  def resolve(spec: ModelSpec): ModelSpec = {
    val root = local(spec)
    val placed = spec.copy(path = root.toString)
    val pinned = spec.version match {
      case Some(_) => placed
      case None if Files.exists(root.resolve(SavedModelReader.FileName)) => placed
      case None => placed.copy(version = Some(newest(placed, root)))
    }
    val directory = folder(root, pinned)
    incomplete(directory).foreach { why =>
      val others = completeVersions(root)
      val found = if (others.isEmpty) why else s"$why; complete versions: ${others.mkString(", ")}"
      notFound(pinned, s"a complete model in $directory", found)
    }
    SavedModelReader.checkSize(pinned, directory.resolve(SavedModelReader.FileName))
    pinned.copy(fingerprint = Some(fingerprint(directory)))
  }

  /**
   * The local folder of a resolved spec.
   *
   * @throws ModelLoadException
   *   if it is not what the driver saw
   */
  def locate(resolved: ModelSpec): Path = {
    val directory = folder(resolved)
    incomplete(directory).foreach { why =>
      notFound(resolved, s"the model in $directory on this host too", why)
    }
    val here = fingerprint(directory)
    if (!resolved.fingerprint.contains(here)) {
      throw new ModelLoadException(
        resolved.describe,
        s"the files that the driver saw (fingerprint ${resolved.fingerprint.getOrElse("none")})",
        s"others in $directory (fingerprint $here)",
        "A version's files must not change: export a new version and register again."
      )
    }
    directory
  }

  /** The local folder of a resolved spec, as it is: for the one who has just resolved it. */
  def folder(resolved: ModelSpec): Path = folder(local(resolved), resolved)

  private def folder(root: Path, spec: ModelSpec): Path =
    spec.version.fold(root)(version => root.resolve(version.toString))

  private def newest(spec: ModelSpec, root: Path): Long = {
    if (!Files.isDirectory(root)) notFound(spec, "a folder", "no such folder")
    val complete = completeVersions(root)
    if (complete.isEmpty) {
      val names = entries(root).map(_.getFileName.toString).sorted
      val half =
        names.filter(isVersion).flatMap(v => incomplete(root.resolve(v)).map(why => s"$v: $why"))
      val found =
        if (half.nonEmpty) s"only incomplete versions (${half.mkString("; ")})"
        else if (names.isEmpty) "an empty folder"
        else s"only ${names.take(10).mkString(", ")}"
      notFound(spec, s"version folders such as $root/1, or ${SavedModelReader.FileName}", found)
    }
    complete.last
  }

  private def completeVersions(root: Path): Seq[Long] =
    entries(root)
      .filter(entry => isVersion(entry.getFileName.toString) && incomplete(entry).isEmpty)
      .map(_.getFileName.toString.toLong)
      .sorted

  // As TensorFlow Serving has it: a plain integer; anything else in the folder is not a version.
  private def isVersion(name: String): Boolean = name.matches("0|[1-9][0-9]{0,17}")

  /** Why a folder is not a whole model, as far as its files' names tell. */
  private def incomplete(directory: Path): Option[String] = {
    val graph = directory.resolve(SavedModelReader.FileName)
    val variables = directory.resolve("variables")
    if (!Files.isDirectory(directory)) Some("no such folder")
    else if (!Files.isRegularFile(graph)) Some(s"no ${SavedModelReader.FileName}")
    else if (Files.size(graph) == 0) Some(s"an empty ${SavedModelReader.FileName}")
    else if (
      entries(variables).nonEmpty
    ) // TensorFlow 1 leaves an empty folder where there are none
      missingShard(entries(variables).map(_.getFileName.toString))
    else None
  }

  private val Shard = """variables\.data-(\d{5})-of-(\d{5})""".r

  private def missingShard(names: Seq[String]): Option[String] = {
    val shards = names.collect { case Shard(_, of) => of.toInt }
    if (!names.contains("variables.index")) Some("variables without variables.index")
    else if (shards.isEmpty) Some("variables without a shard")
    else if (shards.size != shards.head) {
      Some(s"${shards.size} of ${shards.head} shards of the variables")
    } else None
  }

  /**
   * Cheap, since a model may be gigabytes: the hash of `saved_model.pb` and the names, lengths and
   * times of all files.
   */
  private def fingerprint(directory: Path): String = {
    val digest = MessageDigest.getInstance("SHA-256")
    def add(text: String): Unit = digest.update(text.getBytes(StandardCharsets.UTF_8))
    val walk = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)
    try
      walk.iterator.asScala.filter(Files.isRegularFile(_)).toSeq.sortBy(_.toString).foreach { file =>
        add(
          s"${directory.relativize(file)} ${Files.size(file)} ${Files.getLastModifiedTime(file).toMillis}\n"
        )
      }
    finally walk.close()
    Checksums.update(digest, directory.resolve(SavedModelReader.FileName))
    digest.digest().take(8).map(byte => f"$byte%02x").mkString
  }

  private def entries(directory: Path): Seq[Path] =
    if (!Files.isDirectory(directory)) Nil
    else {
      val listed = Files.list(directory)
      try listed.iterator.asScala.toList
      finally listed.close()
    }

  private val Scheme = "^([A-Za-z][A-Za-z0-9+.-]+):.*".r

  /**
   * The absolute local path, since an executor's working folder is another one. A plain path or a
   * `file:` URI; other file systems are refused by name.
   */
  private def local(spec: ModelSpec): Path = {
    val path =
      try
        spec.path match {
          case null | "" => notFound(spec, "a path", "an empty one")
          case Scheme("file") => Option(new URI(spec.path).getPath).map(Paths.get(_))
          case Scheme(other) =>
            notFound(spec, "a path on the local disk", s"the file system $other")
          case plain => Some(Paths.get(plain))
        }
      catch {
        case odd @ (_: InvalidPathException | _: URISyntaxException) =>
          notFound(spec, "a path or a file: URI", odd.getMessage)
      }
    path.getOrElse(notFound(
      spec,
      "an absolute path behind file:",
      spec.path
    )).toAbsolutePath.normalize
  }

  private def notFound(spec: ModelSpec, expected: String, found: String): Nothing =
    throw new ModelNotFoundException(
      spec.describe,
      expected,
      found,
      "Check the path, on the driver and on every executor, or export the model there."
    )
}
