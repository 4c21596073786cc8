package tfpredict.savedmodel.store

import java.io.FileNotFoundException
import java.util.concurrent.ConcurrentHashMap

import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelSpec, Settings}

/**
 * What folders of versions were when they were last looked at. Whoever looks for each query lists
 * them, and reads nothing of one whose files have the names, lengths, times and marks that they
 * had.
 */
final private[tfpredict] class SeenVersions {
  private val looks = new ConcurrentHashMap[String, Look]

  private case class Look(files: Seq[(ModelFile, String)], fingerprint: Option[String])

  /** The newest complete version, as [[ModelStore.resolve]] has it. */
  def newest(spec: ModelSpec, settings: Settings): ModelSpec = ModelStore.reached(spec) {
    val given = ModelStore.folder(spec, settings)
    val listed = given.names
    val root = MlflowFolder.savedModel(spec, given, listed)
    val names = if (root eq given) listed else root.names
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

  // Of a version that is whole.
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
    val isWhole = files.nonEmpty && VersionFolders.incomplete(folder).isEmpty &&
      VersionFolders.unfinished(folder).isEmpty
    val found = Look(files, if (isWhole) Some(Fingerprint.of(folder, files.map(_._1))) else None)
    // Versions come and go for as long as a driver lives.
    if (looks.size > SeenVersions.Most) looks.clear()
    looks.put(folder.toString, found)
    found
  }
}

private object SeenVersions {
  val Most = 10000
}
