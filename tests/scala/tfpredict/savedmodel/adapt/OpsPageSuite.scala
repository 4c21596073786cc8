package tfpredict.savedmodel.adapt

import java.nio.file.Files

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite

class OpsPageSuite extends AnyFunSuite {
  test("the page matches the tables") {
    assert(
      Files.readAllLines(OpsPage.File).asScala == OpsPage.lines,
      "run ./sbtw \"Test/runMain tfpredict.savedmodel.adapt.OpsPage\""
    )
  }
}
