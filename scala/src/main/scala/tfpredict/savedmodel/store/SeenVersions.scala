package tfpredict.savedmodel.store

import java.io.FileNotFoundException
import java.util.concurrent.ConcurrentHashMap

import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelSpec, Settings}

/**
 * Remembers version folders from their last check. A query with `latest` lists the folders each
 * time. It reads a folder's files only if a name, length, time or mark has changed.
 */
final private[tfpredict] class SeenVersions {
  private val looks = new ConcurrentHashMap[String, Look]

  private case class Look(files: Seq[(ModelFile, String)], fingerprint: Option[String])

  /** The newest complete version, as in [[ModelStore.resolve]]. */
  def newest(spec: ModelSpec, settings: Settings): ModelSpec = ModelStore.reached(spec) {
    val named = ModelStore.folder(spec, settings)
    val listed = named.names
    val root = MlflowFolder.savedModel(spec, named, listed)
    val names = if (root eq named) listed else root.names
    val placed = spec.copy(path = root.toString)
    val found =
      if (names.contains(SavedModelFile.FileName))
        fingerprint(placed, root, settings).map(None -> _)
      else {
        VersionFolders
          .numbers(names)
          ._1
          .toStream
          .flatMap { version =>
            val folder = root.resolve(s"$version")
            fingerprint(
              placed.copy(version = Some(version)),
              folder,
              settings
            ).map(Some(version) -> _)
          }
          .headOption
      }
    found match {
      case Some((version, print)) => placed.copy(version = version, fingerprint = Some(print))
      case None => ModelStore.resolve(spec, settings)
    }
  }

  // None if the version is incomplete.
  private def fingerprint(
      spec: ModelSpec,
      folder: ModelFolder,
      settings: Settings
  ): Option[String] = {
    OwnFiles.check(spec, folder, settings)
    val files =
      try folder.marked
      catch { case _: FileNotFoundException => Nil }
    val before = Option(looks.get(folder.toString)).filter(_.files == files)
    before.getOrElse(look(folder, files)).fingerprint
  }

  private def look(folder: ModelFolder, files: Seq[(ModelFile, String)]): Look = {
    val isComplete = files.nonEmpty && VersionFolders.incomplete(folder).isEmpty &&
      VersionFolders.unfinished(folder).isEmpty
    val found = Look(files, if (isComplete) Some(Fingerprint.of(folder, files.map(_._1))) else None)
    // Versions come and go while a driver runs, so the memory is bounded.
    if (looks.size > SeenVersions.Most) looks.clear()
    looks.put(folder.toString, found)
    found
  }
}

private object SeenVersions {
  val Most = 10000
}
