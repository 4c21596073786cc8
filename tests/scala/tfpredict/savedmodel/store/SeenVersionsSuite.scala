package tfpredict.savedmodel.store

import java.nio.file.attribute.PosixFilePermissions
import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.host.HostFolder
import tfpredict.{ModelSpec, Settings, TestModels}

class SeenVersionsSuite extends AnyFunSuite {

  private def withModel(body: (Path, ModelSpec) => Unit): Unit = {
    val root = Files.createTempDirectory("seen-")
    try {
      TestModels.copyInto(TestModels.made.resolve("versions/1"), root.resolve("1"))
      Files.deleteIfExists(root.resolve("1").resolve(Checksums.Name))
      body(root, ModelSpec(root.toString, latest = true))
    } finally HostFolder.delete(root)
  }

  test("a version that is replaced with names, lengths and times kept is noticed") {
    withModel { (root, spec) =>
      val seen = new SeenVersions
      val first = seen.newest(spec, Settings.default)
      val files = ModelFolder.local(root.resolve("1")).files
      Retrained.inPlace(root.resolve("1"))
      assert(ModelFolder.local(root.resolve("1")).files == files)
      val second = seen.newest(spec, Settings.default)
      assert(second.fingerprint != first.fingerprint && second.version == first.version)
      assert(second == ModelStore.resolve(spec))
      assert(seen.newest(spec, Settings.default) == second)
    }
  }

  test("a changed mark alone is no new model") {
    withModel { (root, spec) =>
      val seen = new SeenVersions
      val first = seen.newest(spec, Settings.default)
      val folder = ModelFolder.local(root.resolve("1"))
      val marks = folder.marked
      Thread.sleep(20)
      val graph = root.resolve("1/saved_model.pb")
      Files.setPosixFilePermissions(graph, PosixFilePermissions.fromString("rw-------"))
      assert(folder.marked != marks && folder.marked.map(_._1) == marks.map(_._1))
      assert(seen.newest(spec, Settings.default) == first)
    }
  }

  test("unchanged files keep their marks") {
    withModel { (root, _) =>
      val folder = ModelFolder.local(root.resolve("1"))
      val marks = folder.marked
      assert(marks.forall(_._2.split(' ').length >= 3))
      marks.foreach { case (file, _) => folder.open(file.name).close() }
      assert(folder.marked == marks)
    }
  }
}
