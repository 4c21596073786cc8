package tfpredict.messages

import java.nio.file.Files

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.model.ModelDescription
import tfpredict.{ModelNotFoundException, ModelSpec, TestModels, UnsupportedModelException}

class OneLineSuite extends AnyFunSuite {

  test("text in any script is unchanged, and line breaks and direction marks are escaped") {
    for (plain <- Seq("", "model /data/a b (version 1)", "模型 名前 naïve 🙂", "\\n"))
      assert(OneLine.of(plain) == plain)
    assert(OneLine.of("a\nb\r\tc\u001b[2J\u0000d\u2028e\u202ef\u0085") ==
      "a\\nb\\r\\tc\\u001b[2J\\u0000d\\u2028e\\u202ef\\u0085")
  }

  test("a failure's causes are escaped too, and keep their stacks") {
    val plain = new java.io.IOException("no room")
    assert(OneLine.cause(plain) eq plain)
    val odd = new IllegalStateException("a\nERROR b", plain)
    val shown = OneLine.cause(new RuntimeException("outer", odd))
    val trace = new java.io.StringWriter
    shown.printStackTrace(new java.io.PrintWriter(trace))
    assert(!trace.toString.linesIterator.exists(_.startsWith("ERROR b")))
    assert(shown.getCause.getMessage == "java.lang.IllegalStateException: a\\nERROR b")
    assert(shown.getCause.getStackTrace.sameElements(odd.getStackTrace))
    assert(shown.getCause.getCause eq plain)
  }

  test("a model's path cannot forge a line of a message or of the log") {
    val forged = "\n26/11/25 12:00:00 ERROR Executor: all is lost\u001b[31m"
    val spec = ModelSpec(s"/data/model$forged")
    assert(!spec.describe.exists(_.isControl))
    assert(spec.describe.contains("\\n26/11/25 12:00:00 ERROR Executor: all is lost\\u001b[31m"))
    val refused = intercept[ModelNotFoundException](ModelDescription.of(spec))
    assert(!refused.getMessage.exists(_.isControl), refused.getMessage)
  }

  test("file names in a model's folder cannot forge a line either") {
    val root = TestModels.copy("lookup")
    val odd = root.resolve("1/assets/a\nb")
    Files.createSymbolicLink(odd, TestModels.made.resolve("golden.json"))
    val refused = intercept[UnsupportedModelException](
      ModelDescription.of(ModelSpec(root.toString))
    )
    assert(!refused.getMessage.exists(_.isControl) && refused.getMessage.contains("a\\nb"))
  }
}
