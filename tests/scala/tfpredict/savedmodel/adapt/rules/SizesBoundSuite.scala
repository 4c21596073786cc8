package tfpredict.savedmodel.adapt.rules

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT32}
import org.tensorflow.framework.{GraphDef, NodeDef}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.TinyModels._

class SizesBoundSuite extends AnyFunSuite {
  private val t = "T" -> kind(DT_INT32)

  private def fits(nodes: NodeDef*): Boolean = {
    val graph = GraphDef.newBuilder()
    nodes.foreach(graph.addNode)
    new SizesBound(Scope.of(graph.build())).fits(nodes.last.getName)
  }

  private def shape(name: String, of: String) =
    node("Shape", name, of)("T" -> kind(DT_FLOAT), "out_type" -> kind(DT_INT32))

  // The size at an index, as exporters write it.
  private def size(name: String, shape: String, index: Int) = Seq(
    ints(s"$name/at", index),
    ints(s"$name/end", index + 1),
    ints(s"$name/step", 1),
    node("StridedSlice", name, shape, s"$name/at", s"$name/end", s"$name/step")(
      t,
      "Index" -> kind(DT_INT32),
      "shrink_axis_mask" -> Fragment.number(1)
    )
  )

  private def pack(name: String, inputs: String*) =
    node("Pack", name, inputs: _*)(t, "N" -> Fragment.number(inputs.size.toLong))

  private def of(op: String, name: String, inputs: String*) = node(op, name, inputs: _*)(t)

  test("a shape of one tensor's sizes and small constants fits") {
    val batch = shape("shape", "x") +: size("n", "shape", 0)
    assert(fits(batch :+ scalar("many", 1000) :+ pack("y", "n", "many"): _*))
    assert(fits(
      (batch ++ size("m", "shape", 1)) :+ scalar("k", 64) :+ of("Mul", "mk", "m", "k")
        :+ pack("y", "n", "mk"): _*
    ))
    // As in a product over two of three axes.
    val rest = Seq(ints("rest", 1, 2), scalar("axis", 0))
    val gathered = node("GatherV2", "sizes", "shape", "rest", "axis")("Tparams" -> kind(DT_INT32))
    val product = node("Prod", "m", "sizes", "axis")(t)
    assert(fits((batch ++ rest) :+ gathered :+ product :+ pack("y", "n", "m"): _*))
  }

  test("constants that are multiplied to more than the runtime counts do not fit") {
    assert(fits(ints("y", 1 << 20, 1 << 20)))
    assert(!fits(ints("y", 1 << 30, 1 << 30, 1 << 30)))
    val c = ints("c", 1 << 30, 1 << 20)
    assert(fits(c, of("Identity", "y", "c")))
    assert(!fits(c, of("Mul", "y", "c", "c")))
    assert(!fits(
      c,
      ints("d", 0, 0, 0),
      scalar("axis", 0),
      node("GatherV2", "y", "c", "d", "axis")()
    ))
    assert(!fits(c, scalar("axis", 0), node("ConcatV2", "y", "c", "c", "axis")(t)))
  }

  test("more dimensions than a tensor can have do not fit") {
    val one = scalar("one", 1)
    assert(fits(one, pack("y", Seq.fill(32)("one"): _*)))
    assert(!fits(one, pack("y", Seq.fill(33)("one"): _*)))
    assert(!fits(
      shape("s", "x"),
      ints("c", 1),
      scalar("axis", 0),
      node("ConcatV2", "y", "s", "c", "axis")(t)
    ))
    // All sizes except the last, and another one in its place.
    val part =
      node("StridedSlice", "p", "s", "from", "to", "step")(t, "begin_mask" -> Fragment.number(1))
    val bounds = Seq(ints("from", 0), ints("to", -1), ints("step", 1))
    assert(fits(
      (shape("s", "x") +: bounds) ++ Seq(part, ints("c", 7), scalar("axis", 0)) :+
        node("ConcatV2", "y", "p", "c", "axis")(t): _*
    ))
  }

  test("sizes used three times, sizes of two tensors, and other numbers do not fit") {
    val batch = shape("shape", "x") +: size("n", "shape", 0)
    assert(!fits(batch :+ pack("y", "n", "n", "n"): _*))
    assert(!fits(batch :+ of("Mul", "nn", "n", "n") :+ pack("y", "nn", "n"): _*))
    assert(!fits((batch :+ shape("other", "z")) ++ size("m", "other", 0) :+ pack(
      "y",
      "n",
      "m",
      "m"
    ): _*))
    assert(!fits(placeholder("y", DT_INT32, -1)))
    assert(!fits(
      placeholder("x", DT_FLOAT, -1),
      node("Cast", "y", "x")("SrcT" -> kind(DT_FLOAT), "DstT" -> kind(DT_INT32))
    ))
  }

  test("a graph in which each node uses another twice is visited once") {
    val doubled = (1 to 60).map(n => of("Maximum", s"c$n", s"c${n - 1}", s"c${n - 1}"))
    assert(!fits((ints("c0", 1, 1) +: doubled) :+ of("Identity", "y", "c60"): _*))
  }
}
