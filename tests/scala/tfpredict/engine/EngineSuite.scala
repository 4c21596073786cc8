package tfpredict.engine

import org.scalatest.funsuite.AnyFunSuite

/** Which engine is taken of those that the class path has. */
class EngineSuite extends AnyFunSuite {

  private def refused(found: Engine*): String =
    intercept[IllegalStateException](Engine.only(found)).getMessage

  test("the only engine is taken, and none or several are an error") {
    val engine = Engine.installed
    assert(Engine.only(Seq(engine)) eq engine)
    assert(
      refused().startsWith("[TFPREDICT_ENGINE] The class path does not have exactly one engine.")
    )
    assert(refused().contains("Found: none. Fix: Put the assembly jar"))
    val name = engine.catalog.engine
    assert(refused(engine, engine).contains(s"Found: $name, $name. Fix: Leave the jar of one"))
  }
}
