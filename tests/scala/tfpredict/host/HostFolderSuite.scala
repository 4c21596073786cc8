package tfpredict.host

import java.io.IOException
import java.nio.file.attribute.PosixFilePermissions
import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

class HostFolderSuite extends AnyFunSuite {
  private def fresh(): Path = Files.createTempDirectory("host-")

  private def name: String = s"tfpredict-${System.getProperty("user.name")}"

  private def mode(folder: Path): String =
    PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))

  test("the folder is this user's alone, and made once") {
    val parent = fresh()
    val folder = HostFolder.in(parent)
    assert(folder == parent.resolve(name))
    assert(mode(folder) == "rwx------")
    Files.createFile(folder.resolve("kept"))
    assert(HostFolder.in(parent) == folder)
    assert(Files.exists(folder.resolve("kept")))
    Files.delete(folder.resolve("kept"))
    Files.delete(folder)
    assert(mode(HostFolder.in(parent)) == "rwx------")
  }

  test("a folder that a stranger could have created is refused") {
    val open = fresh()
    val folder = Files.createDirectory(open.resolve(name))
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"))
    val refused = intercept[IOException](HostFolder.in(open))
    assert(refused.getMessage.contains("with the mode rwxrwxrwx; remove it"))

    val linked = fresh()
    Files.createSymbolicLink(linked.resolve(name), HostFolder.in(fresh()))
    assert(intercept[IOException](
      HostFolder.in(linked)
    ).getMessage.contains("is not a private folder of"))

    val file = fresh()
    Files.createFile(file.resolve(name))
    assert(
      intercept[IOException](HostFolder.in(file)).getMessage.contains("is not a private folder of")
    )
  }

  private def set(folder: Path, mode: Int): Unit = {
    Files.setAttribute(folder, "unix:mode", Integer.valueOf(mode))
    ()
  }

  test("all parent folders in which anybody may rename entries are found") {
    val shared = fresh()
    val below = Files.createDirectories(shared.resolve("a/b"))
    assert(HostFolder.renamers(below).isEmpty)
    set(shared, Integer.parseInt("777", 8))
    assert(HostFolder.renamers(below) == Seq(shared))
    assert(HostFolder.in(below) == below.resolve(name))
    set(shared, Integer.parseInt("1777", 8))
    assert(HostFolder.renamers(below).isEmpty)
  }

  test("a link that replaces the folder later is refused, and so is a wider mode") {
    val parent = fresh()
    val folder = HostFolder.in(parent)
    Files.move(folder, parent.resolve("moved"))
    Files.createSymbolicLink(folder, parent.resolve("moved"))
    assert(intercept[IOException](
      HostFolder.in(parent)
    ).getMessage.contains("is not a private folder of"))
    Files.delete(folder)
    Files.move(parent.resolve("moved"), folder)
    assert(HostFolder.in(parent) == folder)
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx---r-x"))
    assert(intercept[IOException](HostFolder.in(parent)).getMessage.contains("mode rwx---r-x"))
  }
}
