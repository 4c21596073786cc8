package tfpredict.savedmodel.draw

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.{TestModels, Tfpredict}

class LayerGraphSuite extends AnyFunSuite {

  private def layers(model: String, signature: String = "serving_default"): Seq[LayerInfo] =
    Tfpredict.layers(TestModels.spec(model))(signature)

  /** The name of each box, with the names of the boxes that it reads. */
  private def edges(boxes: Seq[LayerInfo]): Seq[(String, Seq[String])] =
    boxes.map(box => box.name -> box.from.map(boxes(_).name))

  test("functions are expanded, and nodes of one scope are one layer") {
    val boxes = layers("two_inputs")
    assert(boxes.map(_.kind) == Seq("input", "input", "layer", "layer", "output"))
    assert(edges(boxes) == Seq(
      "a" -> Nil,
      "b" -> Nil,
      "concatenate_1" -> Seq("a", "b"),
      "total_1" -> Seq("concatenate_1"),
      "total" -> Seq("total_1")
    ))
    assert(boxes(2).ops == Seq("ConcatV2") && boxes(2).parameters == 0)
    assert(boxes(3).ops == Seq("MatMul", "AddV2") && boxes(3).parameters > 1)
  }

  test("several outputs, each with its sources") {
    val boxes = layers("two_outputs")
    val outputs = edges(boxes).takeRight(2)
    assert(outputs.forall(_._2.size == 1))
    assert(outputs.map(_._2.head).distinct.size == 2)
  }

  test("a recurrent layer is one box, including its loop") {
    val boxes = layers("lstm")
    assert(boxes.map(_.kind) == Seq("input", "layer", "output"))
    assert(boxes(1).ops.exists(_.contains("While")))
  }

  test("nodes outside any scope are boxes of their own") {
    val boxes = layers("scores")
    assert(boxes.map(_.name) == Seq("x", "Greater", "Abs", "Sqrt", "Neg", "SelectV2", "score"))
    assert(edges(boxes)(5) == "SelectV2" -> Seq("Greater", "Sqrt", "Neg"))
  }

  test("every box of every test model reads boxes before it") {
    for {
      model <- Seq("wide_and_deep", "attention", "resnet50", "rules/dense_bincount", "lookup")
      (signature, boxes) <- Tfpredict.layers(TestModels.spec(model))
    }
      boxes.zipWithIndex.foreach { case (box, place) =>
        assert(box.from.forall(from => from >= 0 && from < boxes.size), s"$model $signature")
        assert(box.kind == "input" || box.from.nonEmpty, s"$model $signature ${box.name} at $place")
      }
  }
}
