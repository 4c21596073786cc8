package tfpredict.savedmodel.store

import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}

import org.apache.hadoop.util.VersionInfo
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.{ModelLoadException, ModelNotFoundException, ModelSpec, Settings, TestModels}

class ModelStoreSuite extends AnyFunSuite {

  private def resolve(path: Path, version: Option[Long] = None): ModelSpec =
    ModelStore.resolve(ModelSpec(path.toString, version))

  private def refused(spec: ModelSpec): String =
    intercept[ModelNotFoundException](ModelStore.resolve(spec)).getMessage

  private def refused(path: Path, version: Option[Long] = None): String =
    refused(ModelSpec(path.toString, version))

  private def locate(spec: ModelSpec): Path = ModelStore.use(spec, Settings.default)(identity)

  /** A folder with some complete versions of the linear model. */
  private def versions(names: String*): Path = {
    val root = Files.createTempDirectory("versions-")
    names.foreach(name =>
      TestModels.copyInto(TestModels.made.resolve("linear/1"), root.resolve(name))
    )
    root
  }

  test("without a version the highest integer is used, compared as a number") {
    val root = versions("9", "10", "2")
    assert(resolve(root).version.contains(10L))
    assert(resolve(root, Some(2)).version.contains(2L))
  }

  test("a folder that holds saved_model.pb is a model without versions") {
    val spec = resolve(versions("1").resolve("1"))
    assert(spec.version.isEmpty)
    assert(spec.fingerprint.isDefined)
    assert(spec.describe.contains("unversioned"))
  }

  test("a resolved spec has an absolute path, also from a file: URI") {
    val root = versions("1")
    assert(ModelStore.resolve(ModelSpec(root.toUri.toString)).path == root.toString)
    val relative = java.nio.file.Paths.get("").toAbsolutePath.relativize(root)
    assert(ModelStore.resolve(ModelSpec(relative.toString)).path == root.toString)
  }

  test("folders that are not versions are skipped") {
    val root = versions("1", ".2-abc", "tmp", "03", "-4", "5.bak", "99999999999999999999")
    assert(resolve(root).version.contains(1L))
  }

  test("a model in a folder that is not a number is reported, with a fix") {
    for (name <- Seq("001", "v1", "1.0", "2024-01-31", "best")) {
      val root = TestModels.copy("linear")
      Files.move(root.resolve("1"), root.resolve(name))
      val refused =
        intercept[ModelNotFoundException](ModelStore.resolve(ModelSpec(root.toString)))
      assert(refused.found == s"the model $name")
      assert(refused.fix == s"Rename the folder, or give its own path, $root/$name.")
      assert(ModelStore.resolve(ModelSpec(s"$root/$name")).version.isEmpty)
    }
  }

  test("incomplete versions are skipped, and reported when requested") {
    val root = versions("1", "2", "3", "4", "5", "6")
    Files.delete(root.resolve("2/saved_model.pb"))
    Files.write(root.resolve("3/saved_model.pb"), Array.empty[Byte])
    Files.delete(root.resolve("4/variables/variables.index"))
    Files.delete(root.resolve("5/variables/variables.data-00000-of-00001"))
    Files.move(
      root.resolve("6/variables/variables.data-00000-of-00001"),
      root.resolve("6/variables/variables.data-00000-of-00002")
    )
    assert(resolve(root).version.contains(1L))
    val reasons = Map(
      2L -> "no saved_model.pb",
      3L -> "an empty saved_model.pb",
      4L -> "variables without variables.index",
      5L -> "variables without a shard",
      6L -> "1 of 2 shards of the variables"
    )
    for ((version, reason) <- reasons)
      assert(refused(root, Some(version)).contains(s"Found: $reason; complete versions: 1"))
    Files.delete(root.resolve("1/saved_model.pb"))
    assert(refused(
      root
    ).contains("only incomplete versions (1: no saved_model.pb; 2: no saved_model.pb; 3:"))
  }

  test("a version with less data than its index says is skipped too") {
    val root = versions("1", "2", "3")
    for (version <- Seq("2", "3")) {
      val shard = root.resolve(s"$version/variables/variables.data-00000-of-00001")
      Files.write(shard, Files.readAllBytes(shard).dropRight(1))
    }
    assert(resolve(root).version.contains(1L))
    // Requested by its number, it is refused when its files are read.
    assert(resolve(root, Some(3)).version.contains(3L))
    // A damaged index must not lead to an older version silently.
    Files.write(root.resolve("3/variables/variables.index"), Array[Byte](1, 2, 3))
    assert(resolve(root).version.contains(3L))
  }

  test("the error for a path without a model lists its contents") {
    val empty = Files.createTempDirectory("empty-")
    assert(refused(empty.resolve("none")).contains("Found: no such folder"))
    assert(refused(empty).contains("Found: an empty folder"))
    assert(refused(empty, Some(7)).contains("(version 7, signature serving_default)"))
    Files.createFile(empty.resolve("notes.txt"))
    assert(refused(empty).contains("Found: only notes.txt"))
  }

  test("a missing path, and one on an unknown file system, are refused by name") {
    assert(refused(ModelSpec("")).contains("Found: an empty one"))
    val unknown = refused(ModelSpec("nosuch://host/models/m"))
    assert(unknown.contains("Expected: a file system that Hadoop knows here"))
    assert(refused(ModelSpec("file:relative")).contains("an absolute path after file:"))
    assert(refused(ModelSpec("bad\u0000path")).contains("Expected: a path or a URI"))
  }

  test("locating returns the resolved folder, and refuses changed files") {
    val root = versions("1")
    val spec = resolve(root)
    assert(locate(spec) == root.resolve("1"))

    val shard = root.resolve("1/variables/variables.data-00000-of-00001")
    val time = Files.getLastModifiedTime(shard)
    Files.setLastModifiedTime(shard, FileTime.fromMillis(time.toMillis + 1000))
    val changed = intercept[ModelLoadException](locate(spec)).getMessage
    assert(changed.contains(s"the files that the driver saw (fingerprint ${spec.fingerprint.get})"))

    Files.setLastModifiedTime(shard, time)
    assert(locate(spec) == root.resolve("1"))
    Files.delete(root.resolve("1/saved_model.pb"))
    assert(intercept[ModelNotFoundException](
      locate(spec)
    ).getMessage.contains("on this host too"))
  }

  test("a retrained model has another fingerprint, even with the same times and lengths") {
    val root = TestModels.copy("versions/1")
    val before = resolve(root)
    Retrained.inPlace(root)
    val now = resolve(root)
    assert(now.fingerprint != before.fingerprint)
    assert(locate(now) == root)
    assert(intercept[ModelLoadException](locate(before)).found.contains(now.fingerprint.get))
  }

  test("a model with another vocabulary has another fingerprint") {
    val root = TestModels.bare("lookup")
    val before = resolve(root)
    val file = Files.list(root.resolve("1/assets")).findFirst.get
    val time = Files.getLastModifiedTime(file)
    val bytes = Files.readAllBytes(file)
    bytes(0) = (bytes(0) + 1).toByte
    Files.write(file, bytes)
    Files.setLastModifiedTime(file, time)
    assert(resolve(root).fingerprint != before.fingerprint)
  }

  test("a file in place of a folder is reported with its kind and a fix") {
    val folder = Files.createTempDirectory("files-")
    for (
      (name, expected) <- Seq(
        "model.keras" -> "Found: a Keras file",
        "model.h5" -> "/model.h5 NEW_FOLDER",
        "frozen.pb" -> "/frozen.pb NEW_FOLDER --inputs x:0 --outputs y:0",
        "model.zip" -> "Unpack it",
        "points.csv" -> "Give the folder of a SavedModel"
      )
    ) {
      val message = refused(Files.write(folder.resolve(name), Array[Byte](1)))
      assert(message.contains(expected) && message.contains(name), message)
    }
    val file = versions("1").resolve("1/saved_model.pb")
    assert(refused(file).contains("Give the folder that holds it"))
    val text = versions("1")
    Files.move(text.resolve("1/saved_model.pb"), text.resolve("1/saved_model.pbtxt"))
    assert(refused(text).contains(s"tfpredict export $text/1 NEW_FOLDER"))
    assert(refused(ModelSpec("~/models/m")).contains("only a shell knows ~"))
  }

  test("the error for a file system without its jar names the jar") {
    val hadoop = VersionInfo.getVersion
    for (
      (uri, jar) <- Seq(
        "s3a://bucket/m" -> s"org.apache.hadoop:hadoop-aws:$hadoop",
        "s3://bucket/m" -> "Write s3a://",
        "abfss://c@a.dfs.core.windows.net/m" -> s"org.apache.hadoop:hadoop-azure:$hadoop",
        "gs://bucket/m" -> "gcs-connector:hadoop3",
        "nosuch://x/m" -> "Add its jar"
      )
    ) {
      val message = refused(ModelSpec(uri))
      assert(message.contains(jar) && message.contains(uri), message)
    }
  }
}
