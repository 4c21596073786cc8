package tfpredict

import java.nio.file.Path

import scala.collection.mutable
import scala.reflect.ClassTag

import org.apache.spark.sql.SparkSession

import tfpredict.engine.Engine
import tfpredict.model.ModelCache

/**
 * A suite of faults, each checked from its cause to the message that a SQL user sees. After each
 * one the session must still work, with nothing left open. The outcomes go to
 * `target/injections.json`.
 */
trait InjectionSuite extends SparkSuite {
  private val outcomes = mutable.LinkedHashMap.empty[String, Map[String, String]]

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    Gate.register(spark)
    Tfpredict.register(spark, TestModels.spec("linear"), "good")
    ()
  }

  override protected def afterAll(): Unit =
    try super.afterAll()
    finally Findings.write("injections", outcomes.values)

  /** A fault that does no harm. */
  protected def answers(fault: String, how: String)(body: => Unit): Unit = test(fault) {
    body
    assertServing()
    outcomes(fault) = told(fault, "answers", how, "")
  }

  /** A fault that is refused with all parts of a message. */
  protected def refused[E <: TfpredictException: ClassTag](
      fault: String,
      expected: String,
      found: String
  )(body: => Any): Unit = test(fault) {
    val failed = causeOf[E](intercept[Exception](body))
    assert(failed.model.contains("(") && failed.getMessage.contains(s"Model: ${failed.model}. "))
    assert(failed.getMessage.startsWith(s"[${failed.errorClass}] "))
    assert(failed.expected.contains(expected))
    assert(failed.found.contains(found))
    assert(failed.fix.matches("[A-Z].*\\."))
    assertServing()
    val message = s"[${failed.errorClass}] Expected: ${failed.expected}. Found: ${failed.found}."
    outcomes(fault) = told(fault, failed.getClass.getSimpleName, message, failed.fix)
  }

  /** A fault that raises another exception, with these words in its message. */
  protected def refusedBySpark[E <: Exception: ClassTag](fault: String, words: String*)(
      body: => Any
  ): Unit = test(fault) {
    val failed = causeOf[E](intercept[Exception](body))
    words.foreach(word => assert(failed.getMessage.contains(word)))
    assertServing()
    val message = failed.getMessage.linesIterator.next().split("; line ").head
    outcomes(fault) = told(fault, failed.getClass.getSimpleName, message, "")
  }

  /** The message of each refusal, without the model's name. */
  protected def messages: Seq[String] =
    outcomes.values.filter(_("outcome") != "answers").map(_("message")).toSeq

  protected def faults: Set[String] = outcomes.keySet.toSet

  protected def only(query: String): Any = spark.sql(query).head().get(0)

  /** A damaged copy of a model. */
  protected def damaged(model: String, isBare: Boolean = true)(damage: Path => Any): ModelSpec = {
    val root = if (isBare) TestModels.bare(model) else TestModels.copy(model)
    damage(root)
    ModelSpec(root.toString)
  }

  protected def newest(root: String): ModelSpec = ModelSpec(root)

  protected def register(spec: ModelSpec, name: String = "f"): SparkSession = {
    Tfpredict.register(spark, spec, name)
    spark
  }

  private def assertServing(): Unit = {
    assertClose(Array(Array(only("SELECT good(array(1, 2))").asInstanceOf[Float])), Right)
    // A cancelled task ends when its batch does.
    val deadline = System.nanoTime + 10000000000L
    def isClean = ModelCache.shared.users == 0 && Engine.installed.liveTensors == 0
    while (!isClean && System.nanoTime < deadline) Thread.sleep(20)
    assert(ModelCache.shared.users == 0)
    assert(Engine.installed.liveTensors == 0)
  }

  private val Right = Array(Array(3.019596f))

  private def told(fault: String, outcome: String, message: String, fix: String) = Map(
    "fault" -> fault,
    "outcome" -> outcome,
    "message" -> plain(message),
    "fix" -> plain(fix)
  )

  // Removes everything that depends on this machine or run.
  private def plain(text: String): String =
    text
      .replaceAll("(?:/[\\w.@+-]+)+/(?=models?-\\d+|link-\\d+)", "")
      .replace(TestModels.made.toString + "/", "")
      .replace(sys.props("java.io.tmpdir") + "/", "")
      .replaceAll("\\b(model|link)-\\d+", "$1")
      .replaceAll("\\b[0-9a-f]{16,64}\\b", "…")
      .replaceAll("tfpredict-" + sys.props("user.name"), "tfpredict-user")
}
