package tfpredict.savedmodel.store

import java.io.{FileNotFoundException, IOException}
import java.net.{URI, URISyntaxException}
import java.nio.file.{InvalidPathException, Path, Paths}

import org.apache.hadoop.fs.UnsupportedFileSystemException
import org.slf4j.LoggerFactory

import tfpredict.host.{DiskException, HostFolder, ProcessFolders, Stopped}
import tfpredict.messages.OneLine
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelLoadException, ModelNotFoundException, ModelSpec, Settings}

/**
 * Finds a model's folder: decides its version on the driver, and on an executor checks that it is
 * still the same, and brings it to the local disk if it is elsewhere.
 */
private[tfpredict] object ModelStore {
  private val log = LoggerFactory.getLogger(getClass)

  /**
   * The spec with its path, version and fingerprint decided.
   *
   * @throws ModelNotFoundException
   *   if there is no complete model at the path, or not that version of it
   */
  def resolve(spec: ModelSpec, settings: Settings = Settings.default): ModelSpec =
    reached(spec) {
      val given = folder(spec, settings)
      WrongPlace.checkRelative(spec, given)
      val root = MlflowFolder.savedModel(spec, given)
      val placed = spec.copy(path = root.toString)
      val pinned = spec.version match {
        case Some(_) if !spec.latest => placed
        case _ if root.length(SavedModelFile.FileName).isDefined => placed.copy(version = None)
        case _ => placed.copy(version = Some(newest(placed, root, settings)))
      }
      val chosen = versionOf(root, pinned)
      VersionFolders.incomplete(chosen).foreach { why =>
        val others = VersionFolders.in(root).complete
        val found =
          if (others.isEmpty) why else s"$why; complete versions: ${others.mkString(", ")}"
        notFound(pinned, s"a complete model in $chosen", found)
      }
      OwnFiles.check(pinned, chosen, settings)
      SavedModelFile.checkSize(pinned, chosen.length(SavedModelFile.FileName).get, s"$chosen")
      pinned.copy(fingerprint = Some(Fingerprint.of(chosen)))
    }

  /**
   * Gives the local folder of a resolved spec to `body`; it stays there until that returns.
   *
   * @throws ModelLoadException
   *   if it is not what the driver saw
   */
  def use[A](resolved: ModelSpec, settings: Settings)(body: Path => A): A = {
    val chosen = reached(resolved)(versionOf(folder(resolved, settings), resolved))
    (chosen.local, ShippedModels.archive(resolved)) match {
      case (Some(directory), _) if isSame(resolved, chosen, settings) => body(directory)
      case (_, Some(archive)) => unpacked(resolved, settings, archive)(body)
      case (Some(_), None) => refuse(resolved, chosen, settings)
      case (None, None) =>
        brought(resolved, settings, Attempts.of(LocalModels.copy(chosen, _)))(body)
    }
  }

  /**
   * Gives a folder to `body` that has all of a resolved model's files but the variables' data,
   * which are there by their names and lengths: what a driver reads of a model that is elsewhere.
   *
   * @throws ModelLoadException
   *   if it is not what was resolved
   */
  def describe[A](resolved: ModelSpec, settings: Settings)(body: Path => A): A = {
    val chosen = reached(resolved)(versionOf(folder(resolved, settings), resolved))
    if (chosen.local.isDefined) use(resolved, settings)(body)
    else {
      val parent = HostFolder.place(settings)
      try {
        val outline = DiskException.of(ProcessFolders.in(parent).make("outline"))
        try {
          fill(resolved, Attempts.of(LocalModels.outline(chosen, _)))(outline)
          body(outline)
        } finally HostFolder.delete(outline)
      } catch { case disk: DiskException => noDisk(resolved, parent, disk.failed) }
    }
  }

  // Both are on the local disk: the archive and what comes of it.
  private def unpacked[A](resolved: ModelSpec, settings: Settings, archive: Path)(
      body: Path => A
  ): A = {
    def unpack(folder: Path): Unit = DiskException.of(ModelArchive.unpack(archive, folder))
    brought(resolved, settings, unpack)(body)
  }

  private def brought[A](resolved: ModelSpec, settings: Settings, bring: Path => Unit)(
      body: Path => A
  ): A = {
    val parent = HostFolder.place(settings)
    try {
      val models = DiskException.of(HostFolder.in(parent).resolve("models"))
      new LocalModels(models, settings.diskBytes).use(key(resolved), fill(resolved, bring))(body)
    } catch { case disk: DiskException => noDisk(resolved, parent, disk.failed) }
  }

  private def fill(resolved: ModelSpec, bring: Path => Unit)(folder: Path): Unit = {
    try bring(folder)
    catch {
      case known: IOException if known.isInstanceOf[DiskException] || Stopped.is(known) =>
        throw known
      case lost: FileNotFoundException => changed(resolved, s"${lost.getMessage} gone", lost)
      case failed: IOException => unanswered(resolved, failed)
    }
    val here = ModelFolder.local(folder)
    if (!hasFingerprint(resolved, here)) changed(resolved, s"fingerprint ${Fingerprint.of(here)}")
  }

  /** What tells a model from others in a folder of many, and tells a reader which it is. */
  private def key(resolved: ModelSpec): String = {
    val name = resolved.path.split("/").lastOption.getOrElse("model").replaceAll("[^\\w.]", "_")
    s"$name-${resolved.version.fold("")(_.toString + "-")}${resolved.fingerprint.getOrElse("")}"
  }

  private def isSame(resolved: ModelSpec, folder: ModelFolder, settings: Settings): Boolean =
    reached(resolved)(OwnFiles.areAll(folder, settings)) && hasFingerprint(resolved, folder)

  private def hasFingerprint(resolved: ModelSpec, folder: ModelFolder): Boolean =
    reached(resolved) {
      VersionFolders.incomplete(folder).isEmpty &&
      resolved.fingerprint.contains(Fingerprint.of(folder))
    }

  private def refuse(resolved: ModelSpec, folder: ModelFolder, settings: Settings): Nothing = {
    OwnFiles.check(resolved, folder, settings)
    VersionFolders.incomplete(folder).foreach { why =>
      notFound(resolved, s"the model in $folder on this host too", why)
    }
    changed(resolved, s"others in $folder (fingerprint ${Fingerprint.of(folder)})")
  }

  def versionOf(root: ModelFolder, spec: ModelSpec): ModelFolder =
    spec.version.fold(root)(version => root.resolve(version.toString))

  /* From the highest down to the first that is whole: a folder elsewhere is far away, and a stream
   * asks for each micro-batch. */
  private def newest(spec: ModelSpec, root: ModelFolder, settings: Settings): Long = {
    WrongPlace.checkFile(spec, root)
    if (!root.isDirectory) notFound(spec, "a folder", "no such folder")
    val (numbers, others) = VersionFolders.numbers(root.names)
    others.foreach(passOver(root, _, "not a version's number"))
    numbers.find(isWhole(spec, root, _, settings)).getOrElse(unfinished(spec, root))
  }

  private def isWhole(
      spec: ModelSpec,
      root: ModelFolder,
      version: Long,
      settings: Settings
  ): Boolean = {
    val folder = root.resolve(version.toString)
    OwnFiles.check(spec.copy(version = Some(version)), folder, settings)
    val why = VersionFolders.incomplete(folder).orElse(VersionFolders.unfinished(folder))
    why.foreach(passOver(root, version.toString, _))
    why.isEmpty
  }

  private def passOver(root: ModelFolder, name: String, why: String): Unit =
    log.info(s"Passed over ${OneLine.of(s"$root/$name: $why")}")

  // Where none is whole: the newest that lacks no file is refused later, with what it lacks.
  private def unfinished(spec: ModelSpec, root: ModelFolder): Long = {
    val versions = VersionFolders.in(root)
    versions.complete.lastOption.getOrElse {
      val half = versions.others.collect { case (name, Some(why)) => s"$name: $why" }
      val names = versions.others.map(_._1)
      val odd = versions.others.collect { case (name, None) => name }
      WrongPlace.checkNumbers(spec, root, odd)
      if (half.isEmpty) WrongPlace.checkFormat(spec, root, odd)
      val found =
        if (half.nonEmpty) s"only incomplete versions (${half.mkString("; ")})"
        else if (names.isEmpty) "an empty folder"
        else s"only ${names.take(10).mkString(", ")}"
      notFound(spec, s"version folders such as $root/1, or ${SavedModelFile.FileName}", found)
    }
  }

  private val Scheme = "^([A-Za-z][A-Za-z0-9+.-]+):.*".r

  /** A plain path and a `file:` URI are on the local disk, all else is Hadoop's. */
  private[savedmodel] def folder(spec: ModelSpec, settings: Settings): ModelFolder =
    try
      spec.path match {
        case null | "" => notFound(spec, "a path", "an empty one")
        case Scheme("file") =>
          val path = Option(new URI(spec.path).getPath)
          local(path.getOrElse(notFound(spec, "an absolute path behind file:", spec.path)))
        case Scheme(_) =>
          WrongPlace.checkScheme(spec)
          ModelFolder.at(spec.path, settings.hadoop.configuration)
        case home if home.startsWith("~") =>
          notFound(spec, "a whole path, since only a shell knows ~", home)
        case plain => local(plain)
      }
    catch {
      case odd: URISyntaxException => WrongPlace.refuseUri(spec, odd)
      case odd @ (_: InvalidPathException | _: IllegalArgumentException) =>
        notFound(spec, "a path or a URI", odd.getMessage)
    }

  // Absolute, since an executor's working folder is another one.
  private def local(path: String): ModelFolder =
    ModelFolder.local(Paths.get(path).toAbsolutePath.normalize)

  private[savedmodel] def reached[A](spec: ModelSpec)(body: => A): A =
    try body
    catch {
      case unknown: UnsupportedFileSystemException => unreachable(spec, unknown)
      // Hadoop names the class of some file systems whose jar it does not bring.
      case unknown: RuntimeException if unknown.getCause.isInstanceOf[ClassNotFoundException] =>
        unreachable(spec, unknown)
      case failed: IOException => unanswered(spec, failed)
    }

  private def unreachable(spec: ModelSpec, cause: Exception): Nothing =
    throw new ModelNotFoundException(
      spec.describe,
      "a file system that Hadoop knows here",
      cause.getMessage,
      WrongPlace.ofScheme(spec.path),
      cause
    )

  private def unanswered(spec: ModelSpec, cause: IOException): Nothing =
    throw new ModelNotFoundException(
      spec.describe,
      "a file system that answers",
      cause.toString,
      "See that it is up and that this user may read there.",
      cause
    )

  private def changed(resolved: ModelSpec, found: String, cause: Throwable = null): Nothing =
    throw new ModelLoadException(
      resolved.describe,
      s"the files that the driver saw (fingerprint ${resolved.fingerprint.getOrElse("none")})",
      found,
      "A version's files must not change: export a new version and register again.",
      cause
    )

  private def noDisk(resolved: ModelSpec, parent: Path, cause: IOException): Nothing =
    throw new ModelLoadException(
      resolved.describe,
      s"to bring the model to the local disk, below $parent",
      cause.toString,
      "Free space there and see that this user may write there, or set spark.tfpredict.disk.path.",
      cause
    )

  private def notFound(spec: ModelSpec, expected: String, found: String): Nothing =
    throw new ModelNotFoundException(
      spec.describe,
      expected,
      found,
      "Check the path, on the driver and on every executor, or export the model there."
    )
}
