package tfpredict.savedmodel.store

import java.io.IOException
import java.nio.file.attribute.BasicFileAttributes
import java.nio.file.{
  FileSystemLoopException,
  FileVisitOption,
  FileVisitResult,
  Files,
  LinkOption,
  Path,
  SimpleFileVisitor
}
import java.util.EnumSet

import tfpredict.messages.ErrorClass
import tfpredict.{ModelSpec, Settings, UnsupportedModelException}

/**
 * Ensures that a model has only files of its own. A link in an untrusted model may lead to any file
 * of the host, and reading a device or a pipe never ends. The folder of versions, and a version's
 * folder, may be links: the user who gives the path made them. Remote file systems have no links.
 */
private[savedmodel] object OwnFiles {

  /**
   * @throws UnsupportedModelException
   *   if a file is not the model's own, with the first one's name
   */
  def check(model: ModelSpec, version: ModelFolder, settings: Settings): Unit =
    foreign(version, settings).foreach { case (found, fix) =>
      throw new UnsupportedModelException(
        ErrorClass.ForeignFile,
        model.label,
        s"plain files inside $version",
        found,
        fix
      )
    }

  /** Whether all files of a version are plain files inside its folder. */
  def areAll(version: ModelFolder, settings: Settings): Boolean =
    foreign(version, settings).isEmpty

  private def foreign(version: ModelFolder, settings: Settings): Option[(String, String)] =
    version.local.filter(Files.isDirectory(_)).flatMap { directory =>
      val visitor = new Visitor(directory.toRealPath(), settings.linksAllowed)
      val options =
        if (settings.linksAllowed) EnumSet.of(FileVisitOption.FOLLOW_LINKS)
        else EnumSet.noneOf(classOf[FileVisitOption])
      Files.walkFileTree(visitor.root, options, Int.MaxValue, visitor)
      visitor.found
    }

  private class Visitor(val root: Path, linksAllowed: Boolean) extends SimpleFileVisitor[Path] {
    var found: Option[(String, String)] = None

    override def visitFile(file: Path, attributes: BasicFileAttributes): FileVisitResult =
      if (attributes.isRegularFile) FileVisitResult.CONTINUE
      else if (attributes.isSymbolicLink) visitLink(file)
      else stop(file, "which is neither a file nor a folder", "Copy the model without it.")

    override def visitFileFailed(file: Path, why: IOException): FileVisitResult = why match {
      case _: FileSystemLoopException =>
        stop(file, "a link to a folder that holds it", "Copy the model without it.")
      case _ => throw why
    }

    // With links followed, a link is only visited if its target is missing. Nothing is read then.
    private def visitLink(link: Path): FileVisitResult =
      if (linksAllowed || !Files.exists(link)) FileVisitResult.CONTINUE
      else {
        val target = link.toRealPath()
        if (target.startsWith(root) && Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
          FileVisitResult.CONTINUE
        } else {
          stop(
            link,
            s"a link to ${Files.readSymbolicLink(link)}",
            "Copy the file in its place, or, if you trust the model, set " +
              s"${Settings.LinksAllowed.name}=true."
          )
        }
      }

    private def stop(file: Path, what: String, fix: String): FileVisitResult = {
      found = Some((s"${root.relativize(file)}, $what", fix))
      FileVisitResult.TERMINATE
    }
  }
}
