package tfpredict.host

import java.io.IOException
import java.nio.file.attribute.{
  FileAttribute,
  PosixFileAttributeView,
  PosixFilePermissions,
  UserPrincipal
}
import java.nio.file.{FileAlreadyExistsException, Files, LinkOption, Path, Paths}
import java.util.concurrent.ConcurrentHashMap

import scala.collection.JavaConverters._

import org.slf4j.LoggerFactory

import tfpredict.Settings

/**
 * A folder on this host's local disk that the JVMs of one user share: native libraries, and models
 * that were fetched here. Temporary folders are shared with strangers, who could put theirs in its
 * place: its owner and its mode, 0700, are checked each time. Where strangers could rename it, as
 * in a folder without the sticky bit, the log says so.
 */
private[tfpredict] object HostFolder {
  /* Created lazily: an interrupted thread cleans up here, and it cannot create a logger. */
  private lazy val log = LoggerFactory.getLogger(getClass)
  private val warned = ConcurrentHashMap.newKeySet[Path]

  /** The parent folder if none is set. */
  def default: Path = Paths.get(System.getProperty("java.io.tmpdir"))

  /** The parent folder that the settings give. */
  def place(settings: Settings): Path = settings.diskPath.fold(default)(Paths.get(_))

  /** The path of the shared folder inside a parent, existing or not. */
  def path(parent: Path): Path = parent.toAbsolutePath.normalize.resolve(s"tfpredict-$user")

  /**
   * Returns the shared folder inside a parent, and creates it if it is missing.
   *
   * @throws java.io.IOException
   *   if it cannot be created, or other users have access to it
   */
  def in(parent: Path): Path = {
    // Older Javas refuse a link to a folder in this call.
    if (!Files.isDirectory(parent)) Files.createDirectories(parent)
    val folder = path(parent)
    if (isPosix(parent)) {
      // Checks both the links and their targets, since either could be renamed.
      (renamers(folder.getParent) ++ renamers(parent.toRealPath()))
        .filter(warned.add)
        .foreach(warn(folder, _))
      val mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(Mode))
      // On a full disk even creating an existing folder may fail, so look first.
      if (!isThere(folder)) make(folder, mode)
      check(folder)
    } else if (!isThere(folder)) make(folder)
    folder
  }

  /** Deletes a folder and everything below it. A link is deleted, but not its target. */
  def delete(folder: Path): Unit = deleteBelow(folder, _ => true)

  /** Deletes everything below a folder. */
  def clear(folder: Path): Unit = deleteBelow(folder, _ != folder)

  private def deleteBelow(folder: Path, isChosen: Path => Boolean): Unit = {
    val walk = Files.walk(folder)
    try walk.iterator.asScala.filter(isChosen).toList.reverse.foreach(Files.deleteIfExists)
    finally walk.close()
  }

  private def user: String =
    System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9_.-]", "_")

  private def isPosix(folder: Path): Boolean =
    Files.getFileStore(folder).supportsFileAttributeView(classOf[PosixFileAttributeView])

  private def isThere(folder: Path): Boolean = Files.exists(folder, LinkOption.NOFOLLOW_LINKS)

  private def make(folder: Path, mode: FileAttribute[_]*): Unit =
    try {
      Files.createDirectory(folder, mode: _*)
      ()
    } catch { case _: FileAlreadyExistsException => }

  private def check(folder: Path): Unit = {
    val view =
      Files.getFileAttributeView(
        folder,
        classOf[PosixFileAttributeView],
        LinkOption.NOFOLLOW_LINKS
      )
    val found = view.readAttributes()
    val mode = PosixFilePermissions.toString(found.permissions)
    if (!found.isDirectory || found.owner != owner || mode != Mode) {
      throw new IOException(
        s"$folder is not a private folder of $owner: it belongs to ${found.owner}, with the mode " +
          s"$mode; remove it"
      )
    }
  }

  // A user without a name still has an owner: that of a file just written.
  private lazy val owner: UserPrincipal = {
    val probe = Files.createTempFile("tfpredict-owner-", "")
    try Files.getOwner(probe)
    finally Files.delete(probe)
  }

  /* Returns the folders in which any user may rename entries. Write access to a folder allows that,
   * unless the folder has the sticky bit. Temporary folders have it; a volume of Kubernetes does
   * not. */
  private[tfpredict] def renamers(parent: Path): Seq[Path] =
    Iterator
      .iterate(parent)(_.getParent)
      .takeWhile(_ != null)
      .filter { folder =>
        val mode = Files.getAttribute(folder, "unix:mode").asInstanceOf[Int]
        (mode & OthersWrite) != 0 && (mode & Sticky) == 0
      }
      .toSeq

  private def warn(folder: Path, above: Path): Unit = log.warn(
    s"Every user of this host may rename files in $above, and so put another folder in place of " +
      s"$folder. If the host has other users, set the sticky bit: chmod +t $above"
  )

  private val Mode = "rwx------"
  private val OthersWrite = 2
  private val Sticky = 512
}
