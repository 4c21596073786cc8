package tfpredict.rdd

import tfpredict.{InputException, SignatureException, SparkSuite}

class FloatRowsSuite extends SparkSuite {

  private def rows(query: String): Seq[Seq[Float]] =
    FloatRows.of(spark.sql(query), "x").collect().toSeq.map(row =>
      if (row == null) null else row.toSeq
    )

  test("arrays of any numbers, and null rows") {
    assert(rows("SELECT array(float(1), float(2.5)) AS x") == Seq(Seq(1f, 2.5f)))
    assert(
      rows(
        "SELECT * FROM VALUES (0, array(1.5D, 2D)), (1, null), (2, array()) AS t(n, x) ORDER BY n"
      ) ==
        Seq(Seq(1.5f, 2f), null, Seq())
    )
    assert(rows("SELECT array(1, 2) AS x") == Seq(Seq(1f, 2f)))
    assert(
      rows("SELECT array(float(id), float(-id)) AS x FROM range(100)") ==
        (0 until 100).map(id => Seq(id.toFloat, -id.toFloat))
    )
  }

  test("a null inside an array is an error, and not a zero") {
    val failed = causeOf[InputException](
      intercept[Exception](rows("SELECT array(float(id), nullif(id, 7)) AS x FROM range(9)"))
    )
    assert(
      failed.getMessage.contains("an array without nulls in column x. Found: a null at index 1.")
    )
  }

  test("other columns are refused on the driver") {
    val refused = intercept[SignatureException](rows("SELECT 'a' AS x"))
    assert(refused.getMessage.contains("Expected: an array of numbers in column x. Found: string."))
  }
}
