package tfpredict.savedmodel.store

import java.io.{FileNotFoundException, IOException}
import java.net.{URI, URISyntaxException}
import java.nio.file.{InvalidPathException, Path, Paths}

import org.apache.hadoop.fs.UnsupportedFileSystemException
import org.slf4j.LoggerFactory

import tfpredict.host.{DiskException, HostFolder, ProcessFolders, Stopped}
import tfpredict.messages.{ErrorClass, OneLine}
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelLoadException, ModelNotFoundException, ModelSpec, Settings}

/**
 * Finds a model's folder. The driver decides the version. Each executor checks that the files are
 * still the same, and fetches them to the local disk if they are elsewhere.
 */
private[tfpredict] object ModelStore {
  private val log = LoggerFactory.getLogger(getClass)

  /**
   * The spec with its path, version and fingerprint decided.
   *
   * @throws ModelNotFoundException
   *   if the path has no complete model, or lacks the requested version
   */
  def resolve(spec: ModelSpec, settings: Settings = Settings.default): ModelSpec =
    reached(spec) {
      val named = folder(spec, settings)
      WrongPlace.checkRelative(spec, named)
      val root = MlflowFolder.savedModel(spec, named)
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
        val error =
          if (chosen.isDirectory) ErrorClass.ModelIncomplete
          else if (pinned.version.isDefined) ErrorClass.VersionNotFound
          else ErrorClass.ModelNotFound
        notFound(error, pinned, s"a complete model in $chosen", found)
      }
      OwnFiles.check(pinned, chosen, settings)
      SavedModelFile.checkSize(pinned, chosen.length(SavedModelFile.FileName).get, s"$chosen")
      pinned.copy(fingerprint = Some(Fingerprint.of(chosen)))
    }

  /**
   * Calls `body` with the local folder of a resolved spec. The folder stays there until `body`
   * returns.
   *
   * @throws ModelLoadException
   *   if the files differ from those that the driver saw
   */
  def use[A](resolved: ModelSpec, settings: Settings)(body: Path => A): A = {
    val chosen = reached(resolved)(versionOf(folder(resolved, settings), resolved))
    chosen.local match {
      case Some(directory) if isSame(resolved, chosen, settings) => body(directory)
      case Some(_) =>
        val shipped = received(resolved)(ShippedModels.find(resolved))
        val fetch = Attempts.of(shipped.getOrElse(refuse(resolved, chosen, settings)))
        fetched(resolved, settings, folder => received(resolved)(fetch(folder)))(body)
      case None =>
        fetched(resolved, settings, Attempts.of(LocalModels.copy(chosen, _)))(body)
    }
  }

  /**
   * Calls `body` with a folder for reading a model on the driver. If the model is remote, the
   * variables' data are placeholders of the right name and length. All other files are fetched.
   *
   * @throws ModelLoadException
   *   if the files differ from the resolved ones
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

  // The driver and the executors are asked, and no file system.
  private def received[A](resolved: ModelSpec)(body: => A): A =
    try body
    catch {
      case disk: DiskException => throw disk
      case failed: IOException if !Stopped.is(failed) => notReceived(resolved, failed)
    }

  private def fetched[A](resolved: ModelSpec, settings: Settings, fetch: Path => Unit)(
      body: Path => A
  ): A = {
    val parent = HostFolder.place(settings)
    try {
      val models = DiskException.of(HostFolder.in(parent).resolve("models"))
      new LocalModels(models, settings.diskBytes).use(key(resolved), fill(resolved, fetch))(body)
    } catch { case disk: DiskException => noDisk(resolved, parent, disk.failed) }
  }

  private def fill(resolved: ModelSpec, fetch: Path => Unit)(folder: Path): Unit = {
    try fetch(folder)
    catch {
      case known: IOException if known.isInstanceOf[DiskException] || Stopped.is(known) =>
        throw known
      case lost: FileNotFoundException => changed(resolved, s"${lost.getMessage} missing", lost)
      case failed: IOException => unanswered(resolved, failed)
    }
    val here = ModelFolder.local(folder)
    if (!hasFingerprint(resolved, here)) changed(resolved, s"fingerprint ${Fingerprint.of(here)}")
  }

  /** A folder name that identifies the model, and that a person can read. */
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
      val error =
        if (folder.isDirectory) ErrorClass.ModelIncomplete else ErrorClass.ModelNotFound
      notFound(error, resolved, s"the model in $folder on this host too", why)
    }
    changed(resolved, s"others in $folder (fingerprint ${Fingerprint.of(folder)})")
  }

  def versionOf(root: ModelFolder, spec: ModelSpec): ModelFolder =
    spec.version.fold(root)(version => root.resolve(version.toString))

  // Checks from the highest version down to the first complete one. A remote folder is slow to
  // read, and a stream asks for each micro-batch.
  private def newest(spec: ModelSpec, root: ModelFolder, settings: Settings): Long = {
    WrongPlace.checkFile(spec, root)
    if (!root.isDirectory)
      notFound(ErrorClass.ModelNotFound, spec, "a folder", "no such folder")
    val (numbers, others) = VersionFolders.numbers(root.names)
    others.foreach(passOver(root, _, "not a version's number"))
    numbers.find(isComplete(spec, root, _, settings)).getOrElse(unfinished(spec, root))
  }

  private def isComplete(
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
    log.info(s"Skipped ${OneLine.of(s"$root/$name: $why")}")

  // For when no version is complete. A version that lacks no file is returned, and `resolve` then
  // rejects it with the reason.
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
      notFound(
        if (half.nonEmpty) ErrorClass.ModelIncomplete else ErrorClass.ModelNotFound,
        spec,
        s"version folders such as $root/1, or ${SavedModelFile.FileName}",
        found
      )
    }
  }

  private val Scheme = "^([A-Za-z][A-Za-z0-9+.-]+):.*".r

  /** Plain paths and `file:` URIs are on the local disk. Hadoop reads all others. */
  private[savedmodel] def folder(spec: ModelSpec, settings: Settings): ModelFolder =
    try
      spec.path match {
        case null | "" => notFound(ErrorClass.ModelPath, spec, "a path", "an empty one")
        case Scheme("file") =>
          val path = Option(new URI(spec.path).getPath)
          local(path.getOrElse(
            notFound(ErrorClass.ModelPath, spec, "an absolute path after file:", spec.path)
          ))
        case Scheme(_) =>
          WrongPlace.checkScheme(spec)
          ModelFolder.at(spec.path, settings.hadoop.configuration)
        case home if home.startsWith("~") =>
          notFound(ErrorClass.ModelPath, spec, "a whole path, because only a shell knows ~", home)
        case plain => local(plain)
      }
    catch {
      case odd: URISyntaxException => WrongPlace.refuseUri(spec, odd)
      case odd @ (_: InvalidPathException | _: IllegalArgumentException) =>
        notFound(ErrorClass.ModelPath, spec, "a path or a URI", odd.getMessage)
    }

  // Absolute, since an executor has another working folder.
  private def local(path: String): ModelFolder =
    ModelFolder.local(Paths.get(path).toAbsolutePath.normalize)

  private[savedmodel] def reached[A](spec: ModelSpec)(body: => A): A =
    try body
    catch {
      case unknown: UnsupportedFileSystemException => unreachable(spec, unknown)
      // Hadoop knows the class names of some file systems without having their jars.
      case unknown: RuntimeException if unknown.getCause.isInstanceOf[ClassNotFoundException] =>
        unreachable(spec, unknown)
      case failed: IOException => unanswered(spec, failed)
    }

  private def unreachable(spec: ModelSpec, cause: Exception): Nothing =
    throw new ModelNotFoundException(
      ErrorClass.FileSystem,
      spec.label,
      "a file system that Hadoop knows here",
      cause.getMessage,
      WrongPlace.ofScheme(spec.path),
      cause
    )

  private def unanswered(spec: ModelSpec, cause: IOException): Nothing =
    throw new ModelNotFoundException(
      ErrorClass.FileSystem,
      spec.label,
      "a file system that answers",
      cause.toString,
      "Check that it is up and that this user may read there.",
      cause
    )

  private def changed(resolved: ModelSpec, found: String, cause: Throwable = null): Nothing =
    throw new ModelLoadException(
      ErrorClass.ModelChanged,
      resolved.label,
      s"the files that the driver saw (fingerprint ${resolved.fingerprint.getOrElse("none")})",
      found,
      "Export a new version and register again: a version's files must not change.",
      cause
    )

  private def notReceived(resolved: ModelSpec, cause: IOException): Nothing =
    throw new ModelLoadException(
      ErrorClass.ModelNotReceived,
      resolved.label,
      "the driver or another executor to send the model",
      cause.toString,
      "Check that executors reach the driver and each other, and that spark.local.dir has space.",
      cause
    )

  private def noDisk(resolved: ModelSpec, parent: Path, cause: IOException): Nothing =
    throw new ModelLoadException(
      ErrorClass.LocalDisk,
      resolved.label,
      s"a local disk that takes the model, below $parent",
      cause.toString,
      "Free space there and check this user's rights, or set spark.tfpredict.disk.path.",
      cause
    )

  private def notFound(
      error: ErrorClass,
      spec: ModelSpec,
      expected: String,
      found: String
  ): Nothing =
    throw new ModelNotFoundException(
      error,
      spec.label,
      expected,
      found,
      "Check the path, on the driver and on every executor, or export the model there."
    )
}
