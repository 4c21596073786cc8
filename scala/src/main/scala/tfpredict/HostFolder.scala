package tfpredict

import java.io.IOException
import java.nio.file.attribute.{PosixFileAttributeView, PosixFilePermissions}
import java.nio.file.{FileAlreadyExistsException, Files, LinkOption, Path, Paths}
import java.util.concurrent.ConcurrentHashMap

import scala.collection.JavaConverters._

/**
 * A folder on this host's local disk that the JVMs of one user share: native libraries, models that
 * were brought here, and archives of those that go to executors. Temporary folders are shared with
 * strangers, who could have put theirs in its place: its owner and its mode, 0700, are checked.
 */
private[tfpredict] object HostFolder {
  private val checked = new ConcurrentHashMap[Path, Path]

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
    val folder = path(parent)
    if (!checked.containsKey(folder) || !Files.isDirectory(folder)) {
      make(folder)
      checked.put(folder, folder)
    }
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

  private def make(folder: Path): Unit = {
    // Older Javas refuse a link to a folder here, though it is one.
    if (!Files.isDirectory(folder.getParent)) Files.createDirectories(folder.getParent)
    val isPosix = Files.getFileStore(folder.getParent).supportsFileAttributeView(
      classOf[PosixFileAttributeView]
    )
    try
      if (isPosix) {
        val mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(Mode))
        Files.createDirectory(folder, mode)
      } else Files.createDirectory(folder)
    catch { case _: FileAlreadyExistsException => }
    if (isPosix) check(folder)
  }

  private def check(folder: Path): Unit = {
    val view =
      Files.getFileAttributeView(
        folder,
        classOf[PosixFileAttributeView],
        LinkOption.NOFOLLOW_LINKS
      )
    val found = view.readAttributes()
    // A user without a name has an owner all the same: that of what it has just written.
    val probe = Files.createTempFile(folder.getParent, "tfpredict-owner-", "")
    val owner =
      try Files.getOwner(probe)
      finally Files.delete(probe)
    val mode = PosixFilePermissions.toString(found.permissions)
    if (!found.isDirectory || found.owner != owner || mode != Mode) {
      throw new IOException(
        s"$folder is not a folder of $owner's alone: it is ${found.owner}'s, with the mode $mode; remove it"
      )
    }
  }

  private val Mode = "rwx------"
}
