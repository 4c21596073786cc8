package tfpredict

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

  test("what a stranger could have put there is refused") {
    val open = fresh()
    val folder = Files.createDirectory(open.resolve(name))
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"))
    val refused = intercept[IOException](HostFolder.in(open))
    assert(refused.getMessage.contains("with the mode rwxrwxrwx; remove it"))

    val linked = fresh()
    Files.createSymbolicLink(linked.resolve(name), HostFolder.in(fresh()))
    assert(intercept[IOException](HostFolder.in(linked)).getMessage.contains("is not a folder of"))

    val file = fresh()
    Files.createFile(file.resolve(name))
    assert(intercept[IOException](HostFolder.in(file)).getMessage.contains("is not a folder of"))
  }
}
