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
 * that were brought here. Temporary folders are shared with strangers, who could put theirs in its
 * place: its owner and its mode, 0700, are checked each time. Where strangers could rename it, as
 * in a folder without the sticky bit, the log says so.
 */
private[tfpredict] object HostFolder {
  /* Made when something is to be said: an interrupted thread, which cleans up here, cannot make
   * one. */
  private lazy val log = LoggerFactory.getLogger(getClass)
  private val warned = ConcurrentHashMap.newKeySet[Path]

  /** Where it is if nothing else is set. */
  def default: Path = Paths.get(System.getProperty("java.io.tmpdir"))

  /** Where the settings want it. */
  def place(settings: Settings): Path = settings.diskPath.fold(default)(Paths.get(_))

  /** What the folder inside another one is called, whether it is there or not. */
  def path(parent: Path): Path = parent.toAbsolutePath.normalize.resolve(s"tfpredict-$user")

  /**
   * The folder inside another one, made if it is not there.
   *
   * @throws java.io.IOException
   *   if it cannot be made, or is not this user's alone
   */
  def in(parent: Path): Path = {
    // Older Javas refuse a link to a folder here, though it is one.
    if (!Files.isDirectory(parent)) Files.createDirectories(parent)
    val folder = path(parent)
    if (isPosix(parent)) {
      // Where links stand and where they lead: both could be changed.
      (renamers(folder.getParent) ++ renamers(parent.toRealPath()))
        .filter(warned.add)
        .foreach(warn(folder, _))
      val mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(Mode))
      // Looked at before it is made, since making it may fail where it is: on a disk without room.
      if (!isThere(folder)) make(folder, mode)
      check(folder)
    } else if (!isThere(folder)) make(folder)
    folder
  }

  /** Deletes a folder and all below it. A link is deleted, and not what it points to. */
  def delete(folder: Path): Unit = deleteBelow(folder, _ => true)

  /** Deletes all below a folder. */
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
        s"$folder is not a folder of $owner's alone: it is ${found.owner}'s, with the mode $mode; remove it"
      )
    }
  }

  // A user without a name has an owner all the same: that of what it has just written.
  private lazy val owner: UserPrincipal = {
    val probe = Files.createTempFile("tfpredict-owner-", "")
    try Files.getOwner(probe)
    finally Files.delete(probe)
  }

  /* Whoever may write into a folder may rename what is in it and put something else there, unless
   * the folder has the sticky bit, as temporary folders do. A volume of Kubernetes has not. */
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
    s"Every user of this host may rename what is in $above, and so put something else in place of " +
      s"$folder. If there are others, give it the sticky bit: chmod +t $above"
  )

  private val Mode = "rwx------"
  private val OthersWrite = 2
  private val Sticky = 512
}
