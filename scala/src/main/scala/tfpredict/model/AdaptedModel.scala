package tfpredict.model

import java.io.IOException
import java.net.{URI, URISyntaxException}
import java.nio.file.{Files, InvalidPathException, Path, Paths}

import tfpredict.engine.Engine
import tfpredict.host.{AtomicFolder, DiskException, Stopped}
import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.adapt.AdaptedGraph
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.savedmodel.store.{Checksums, ModelStore}
import tfpredict.{ModelLoadException, ModelSpec, OutputException, Settings}

/** Writes models for programs that use the engine's own TensorFlow without this project. */
private[tfpredict] object AdaptedModel {

  /**
   * Writes a model into a folder, completely or not at all.
   *
   * @param folder
   *   a folder on the local disk. Missing parents are created.
   * @param overwrite
   *   whether to replace a SavedModel that is in the folder
   * @throws tfpredict.TfpredictException
   *   if the model cannot run, or the folder is taken or not writable
   */
  def write(
      spec: ModelSpec,
      folder: String,
      overwrite: Boolean,
      settings: Settings
  ): AdaptReport = {
    val resolved = ModelStore.resolve(spec, settings)
    val target = local(resolved, folder)
    check(resolved, target, overwrite)
    ModelStore.use(resolved, settings) { directory =>
      checkApart(resolved, target, directory)
      Checksums.check(resolved, directory)
      import Engine.installed.catalog
      val graph = AdaptedGraph.of(resolved, directory, settings.allowedOps)
      val signatures =
        try AtomicFolder.write(target)(graph.copy)
        catch { case failed: IOException => throw unwritten(resolved, target, failed) }
      val others = graph.signatures -- signatures
      AdaptReport(resolved, target.toString, signatures, others.toSeq.sorted)
    }
  }

  private def local(model: ModelSpec, folder: String): Path = {
    def refused(found: String) = new OutputException(
      ErrorClass.OutputFolder,
      model.label,
      "a folder on this machine's disk",
      found,
      "Name such a folder, and copy the model from there."
    )
    try
      folder match {
        case null | "" => throw refused("an empty name")
        case Scheme("file") =>
          val path = Option(new URI(folder).getPath).getOrElse(throw refused(folder))
          Paths.get(path).toAbsolutePath.normalize
        case Scheme(_) => throw refused(folder)
        case plain => Paths.get(plain).toAbsolutePath.normalize
      }
    catch { case _: URISyntaxException | _: InvalidPathException => throw refused(folder) }
  }

  private val Scheme = "^([A-Za-z][A-Za-z0-9+.-]+):.*".r

  private def check(model: ModelSpec, target: Path, overwrite: Boolean): Unit = {
    def refuse(found: String, fix: String): Nothing = throw new OutputException(
      ErrorClass.OutputFolder,
      model.label,
      s"a new or an empty folder $target",
      found,
      fix
    )
    if (target.getParent == null || Files.isSymbolicLink(target)) {
      refuse(
        if (target.getParent == null) "the root of the disk" else "a link",
        "Name another folder."
      )
    }
    if (!AtomicFolder.isFree(target)) {
      val names = if (Files.isDirectory(target)) AtomicFolder.names(target) else Nil
      val strange = names.filterNot(Written)
      if (!names.contains(SavedModelFile.FileName) || strange.nonEmpty) {
        refuse(
          if (names.isEmpty) "a file" else s"one with ${strange.headOption.getOrElse(names.head)}",
          "Name another folder. Only a SavedModel can be replaced."
        )
      }
      if (!overwrite) {
        refuse(
          "a SavedModel there",
          "Name another folder, or replace it with overwrite (in the shell --overwrite)."
        )
      }
    }
  }

  /** The possible contents of a SavedModel's folder. */
  private val Written = Set(
    SavedModelFile.FileName,
    "variables",
    "assets",
    "assets.extra",
    "debug",
    "fingerprint.pb",
    "keras_metadata.pb"
  )

  private def checkApart(model: ModelSpec, target: Path, directory: Path): Unit =
    if (real(target).startsWith(directory.toRealPath())) {
      throw new OutputException(
        ErrorClass.OutputFolder,
        model.label,
        "a folder outside the model's own",
        s"$target",
        "Name another folder."
      )
    }

  // Resolves links in the existing part of a path.
  private def real(path: Path): Path =
    if (Files.exists(path) || path.getParent == null) path.toRealPath()
    else real(path.getParent).resolve(path.getFileName)

  private def unwritten(model: ModelSpec, target: Path, failed: IOException): Exception =
    failed match {
      case stopped if Stopped.is(stopped) => stopped
      case disk: DiskException => unwritable(model, target, disk.failed)
      case unread =>
        new ModelLoadException(
          ErrorClass.ModelDamaged,
          model.label,
          "files that can be read",
          unread.toString,
          "Copy or export the model again.",
          unread
        )
    }

  private def unwritable(model: ModelSpec, target: Path, failed: IOException): OutputException =
    new OutputException(
      ErrorClass.OutputFolder,
      model.label,
      s"a folder that this user can write, $target",
      failed.toString,
      "Free space there, check this user's rights, or name another folder.",
      failed
    )
}
