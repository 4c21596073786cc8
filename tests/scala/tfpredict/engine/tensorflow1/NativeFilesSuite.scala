package tfpredict.engine.tensorflow1

import java.nio.file.{Files, Path, Paths}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.ModelLoadException
import tfpredict.host.Platform

/** Messages for hosts that are not available here. */
class NativeFilesSuite extends AnyFunSuite {
  private val place: Path = Paths.get("/scratch")

  private def told(libc: String, message: String): String =
    NativeFiles.explain(
      new UnsatisfiedLinkError(message),
      Platform("linux", "x86_64", libc),
      place
    ).getMessage

  test("another architecture is reported with the supported ones, and nothing is unpacked") {
    val empty = Files.createTempDirectory("natives-")
    val arm = Platform("linux", "aarch64", "glibc 2.36")
    val refused = intercept[ModelLoadException](new NativeFiles(arm, empty).use(identity))
    assert(
      refused.expected.startsWith("a platform whose native library is in this jar: linux-x86_64")
    )
    assert(refused.found == "linux-aarch64")
    assert(refused.errorClass == "TFPREDICT_PLATFORM")
    assert(refused.fix.contains("on x86_64: TensorFlow 1.15 runs on no other processor"))
    assert(empty.toFile.list.isEmpty)
    assert(NativeFiles.explain(refused, arm, empty) eq refused)
  }

  test("a C library that TensorFlow does not support is reported by its name") {
    val musl = told("musl", "/x.so: libresolv.so.2: cannot open shared object file")
    assert(musl.contains("Expected: glibc 2.17 or newer. Found: musl: /x.so: libresolv"))
    val old = told("glibc 2.12", "/lib64/libc.so.6: version `GLIBC_2.17' not found")
    assert(old.contains("Expected: glibc 2.17 or newer. Found: glibc 2.12: "))
    val unknown = told("", "version `GLIBC_2.17' not found")
    assert(unknown.contains("Found: another C library: "))
    assert(told(
      "glibc 2.36",
      "no such symbol"
    ).contains("Expected: a library that loads on linux-x86_64"))
  }

  test("a class loader that loses a race gets the same error as one that comes later") {
    val second = told("glibc 2.36", "Native Library /x.so already loaded in another classloader")
    assert(second == NativeFiles.elsewhere().getMessage)
  }
}
