package tfpredict.host

import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

class PlatformSuite extends AnyFunSuite {
  private def maps(file: String): Path = {
    val written = Files.createTempFile("maps", "")
    val line = s"7f3a1c000000-7f3a1c026000 r--p 00000000 fe:00 1234                     $file\n"
    Files.write(written, line.getBytes)
  }

  test("the platform of this host") {
    assert(Platform.here.name == "linux-x86_64")
    assert(Platform.here.libc.matches("glibc 2\\.\\d+"))
    assert(!Platform.here.lacksGlibc)
  }

  test("the C library is read off the memory map") {
    assert(Platform.libc(maps("/lib/ld-musl-x86_64.so.1")) == "musl")
    assert(Platform.libc(maps("/usr/lib/libm.so.6")) == "")
    val folder = Files.createTempDirectory("libc")
    val text = "\u0000GNU C Library (Debian GLIBC 2.31-13) release release version 2.31.\nCopyright"
    val glibc = Files.write(folder.resolve("libc-2.31.so"), text.getBytes)
    assert(Platform.libc(maps(glibc.toString)) == "glibc 2.31")
  }

  test("TensorFlow needs glibc 2.17 or newer") {
    def lacks(libc: String): Boolean = Platform("linux", "x86_64", libc).lacksGlibc
    assert(Seq("musl", "glibc 2.16", "glibc 1.99").forall(lacks))
    assert(!Seq("glibc 2.17", "glibc 2.36", "glibc 3.0", "").exists(lacks))
  }
}
