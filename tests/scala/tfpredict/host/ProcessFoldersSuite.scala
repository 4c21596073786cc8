package tfpredict.host

import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite

class ProcessFoldersSuite extends AnyFunSuite {
  private def fresh(): Path = Files.createTempDirectory("work-")

  private def names(folder: Path): Set[String] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.map(_.getFileName.toString).toSet
    finally listed.close()
  }

  test("each folder is the caller's own, below the user's") {
    val parent = fresh()
    val made = (1 to 3).map(_ => ProcessFolders.in(parent).make("model"))
    assert(made.distinct.size == 3)
    assert(made.forall(_.startsWith(HostFolder.path(parent))))
    assert(made.forall(_.getFileName.toString.startsWith(s"model-${ProcessFolders.pid}-")))
  }

  test("folders of a killed process are removed after an hour, others are kept") {
    val folder = fresh()
    def left(name: String, hours: Int): Unit = {
      val made = Files.createDirectory(folder.resolve(name))
      Files.createFile(made.resolve("saved_model.pb"))
      val time = System.currentTimeMillis - hours * 3600000L - 1000
      Files.setLastModifiedTime(made, FileTime.fromMillis(time))
      ()
    }
    left("model-999999999-7", 1)
    left("shipped-999999998-7", 1)
    left("model-999999999-8", 0)
    left("model-1-7", 1)
    left("else", 1)
    val made = new ProcessFolders(folder).make("model").getFileName.toString
    assert(names(folder) == Set("model-999999999-8", "model-1-7", "else", made))
  }
}
