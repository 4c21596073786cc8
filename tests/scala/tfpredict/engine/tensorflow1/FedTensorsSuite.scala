package tfpredict.engine.tensorflow1

import org.apache.spark.sql.Row
import org.tensorflow.framework.DataType

import tfpredict.TinyModels._
import tfpredict.{InputException, OnError, PredictOptions, SparkSuite, Tfpredict}

/** Tensors that are both input and output, or two inputs at once. */
class FedTensorsSuite extends SparkSuite {

  test("an output that is also an input has the fed values, for numbers and strings") {
    for (dtype <- Seq(DataType.DT_INT64, DataType.DT_STRING)) {
      val spec = write(
        Seq(Tensor("id", "id:0", dtype, -1), Tensor("x", "x:0", DataType.DT_FLOAT, -1)),
        Seq(Tensor("key", "id:0", dtype, -1), Tensor("y", "y:0", DataType.DT_FLOAT, -1)),
        Seq(
          placeholder("id", dtype, -1),
          placeholder("x", DataType.DT_FLOAT, -1),
          node("Neg", "y", "x")("T" -> kind(DataType.DT_FLOAT))
        )
      )
      Tfpredict.register(spark, spec, "keyed")
      Tfpredict.register(spark, spec.copy(outputs = Seq("key")), "key")
      val id = if (dtype == DataType.DT_INT64) "id" else "concat('k', id)"
      val found = spark.sql(
        s"SELECT p.key = $id, p.y = -id, key($id, 1f) = $id FROM " +
          s"(SELECT id, keyed($id, float(id)) AS p FROM range(0, 5000, 1, 2))"
      )
      assert(found.distinct().collect().toSeq == Seq(Row(true, true, true)))
    }
  }

  test(
    "a tensor with two names is fed once if the values are equal, else the row is rejected"
  ) {
    val spec = write(
      Seq(Tensor("a", "x:0", DataType.DT_FLOAT, -1), Tensor("b", "x:0", DataType.DT_FLOAT, -1)),
      Seq(Tensor("y", "y:0", DataType.DT_FLOAT, -1)),
      Seq(
        placeholder("x", DataType.DT_FLOAT, -1),
        node("Neg", "y", "x")("T" -> kind(DataType.DT_FLOAT))
      )
    )
    for (mode <- OnError.all)
      Tfpredict.register(spark, spec, s"alias_$mode", PredictOptions(onError = mode))
    val equal = spark.sql("SELECT alias_fail(float(id), float(id)) = -id FROM range(100)")
    assert(equal.distinct().collect().toSeq == Seq(Row(true)))
    val odd = "(float(id), float(if(id IN (2, 3), 7, id))) FROM range(0, 6, 1, 1)"
    assert(spark.sql(s"SELECT alias_null$odd").collect().map(_.get(0)).toSeq ==
      Seq(-0f, -1f, null, null, -4f, -5f))
    assert(
      spark.sql(s"SELECT alias_struct$odd").selectExpr("*").collect().map(_.getStruct(0)).collect {
        case Row(null, error: String) => error
      }.toSeq.distinct == Seq(
        "[TFPREDICT_ROW_REJECTED] The model rejects a row. " +
          "Expected: a row that signature serving_default can run. Found: different values for a " +
          "and b, which are the same tensor of the model: x:0."
      )
    )
    val failed = intercept[Exception](spark.sql(s"SELECT alias_fail$odd").collect())
    assert(causeOf[InputException](failed).getMessage.contains("in row 3 of partition 0"))
  }
}
