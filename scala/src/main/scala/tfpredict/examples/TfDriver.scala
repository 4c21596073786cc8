package tfpredict.examples

import tfpredict.{LocalModel, ModelSpec}

/** Runs a model on the driver alone, without a SparkSession. */
object TfDriver {

  def main(args: Array[String]): Unit = {
    val model = LocalModel.load(ModelSpec(ModelPath.from(args, "TfDriver")))
    try {
      val result = model.run(Array(Array(1.0f, 2.0f), Array(2.0f, 3.0f)))
      println(ModelPath.show(result))
    } finally model.close()
  }
}
