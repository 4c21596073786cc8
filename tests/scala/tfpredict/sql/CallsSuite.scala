package tfpredict.sql

import org.apache.spark.sql.functions.{array, col, expr, lit}
import org.apache.spark.sql.{AnalysisException, Row, SparkSession}

import tfpredict.GraphModel.both
import tfpredict.ml.SavedModelTransformer
import tfpredict.{GraphModel, SparkSuite, TestModels, Tfpredict, functions}

/** All ways to call a model. */
class CallsSuite extends SparkSuite {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    for (name <- Seq("linear", "two_inputs", "lookup", "ragged"))
      Tfpredict.register(spark, TestModels.spec(name), name)
    spark.sql("SELECT 4 AS b, array(1, 2) AS a, 7 AS c").createOrReplaceTempView("t")
  }

  private def only(query: String, session: SparkSession = spark): Any =
    session.sql(query).head().get(0)

  private def refused(query: String, session: SparkSession = spark): String =
    intercept[AnalysisException](session.sql(query)).getMessage

  test("columns with the inputs' names go by name, however they are passed") {
    for (
      call <- Seq("two_inputs(b, a)", "two_inputs(t.B, a)", "two_inputs(*)").map(call =>
        s"SELECT $call FROM (SELECT b, a FROM t) AS t"
      ) :+ "SELECT two_inputs(s.b, s.a) FROM (SELECT struct(a, b) AS s FROM t)"
    ) assert(only(call) == 7f, call)
    val spec = TestModels.spec("two_inputs")
    val table = spark.table("t")
    val calls = Seq(
      functions.predict(spec, col("b"), col("a")),
      functions.predict(spec, table("b"), table("a")),
      functions.predict(spec, col("c").as("b"), col("a")),
      functions.predict(spec, Map("b" -> col("c"), "a" -> col("a"))),
      expr("two_inputs(b, a)")
    )
    assert(table.select(calls: _*).head() == Row(7f, 7f, 10f, 10f, 7f))
    val stage = new SavedModelTransformer()
      .setModelPath(spec.path)
      .setInputCols(Array("b", "a"))
      .setOutputCol("y")
    assert(stage.transform(table).select("y").head() == Row(7f))
  }

  test("the optimizer's new names change nothing, and EXPLAIN shows each argument's input") {
    val query = spark.sql(
      "SELECT two_inputs(b, a) AS y FROM (SELECT x AS b, y AS a FROM " +
        "(SELECT id AS x, array(id, id + 1) AS y FROM range(5))) WHERE two_inputs(b, a) > 3"
    )
    assert(query.collect().map(_.getFloat(0)).sorted.toSeq == Seq(4f, 7f, 10f, 13f))
    val plan = query.queryExecution.executedPlan.toString
    assert("two_inputs\\(a => .*, b => .*\\)".r.findFirstIn(plan).isDefined, plan)
    val found = query.queryExecution.optimizedPlan.collect { case node: BatchPredict => node }
    assert(found.map(_.calls.size) == Seq(1))
    assert(spark.sql("SELECT two_inputs(b, a) FROM t").columns.toSeq == Seq("two_inputs(b, a)"))
  }

  test("one call, written in two orders, runs once") {
    val query =
      spark.sql("SELECT two_inputs(b, a), two_inputs(a, b), two_inputs(b => b, a => a) FROM t")
    assert(query.head() == Row(7f, 7f, 7f))
    val nodes = query.queryExecution.optimizedPlan.collect { case node: BatchPredict => node }
    assert(nodes.flatMap(_.calls).size <= 1, query.queryExecution.optimizedPlan)
  }

  test("SQL can name arguments, also after some by position") {
    assert(only("SELECT two_inputs(b => c, a => a) FROM t") == 10f)
    assert(only("SELECT two_inputs(a, b => c) FROM t") == 10f)
    assert(only("SELECT linear(inputs => array(1, 2))").toString.startsWith("3.0195"))
    assert(
      refused("SELECT two_inputs(a => a, c => b) FROM t").contains("Found: c, which is no input.")
    )
    assert(
      refused("SELECT two_inputs(a => a) FROM t").contains("Found: no argument for the input b.")
    )
    assert(spark.sql("SELECT two_inputs(b => c, a => a) FROM t").columns.head ==
      "two_inputs(b => c, a => a)")
  }

  test("a column with another input's name is refused") {
    assert(refused(
      "SELECT two_inputs(b, c) FROM t"
    ).contains("Found: the column b as argument 1, which by position is the input a"))
    assert(refused("SELECT two_inputs(c, a) FROM t").contains("(a => …, b => …)"))
  }

  test("DESCRIBE FUNCTION explains how arguments are matched") {
    val told = spark.sql("DESCRIBE FUNCTION two_inputs").collect().map(_.getString(0)).mkString
    assert(told.contains("or write two_inputs(a => …, b => …)"))
  }

  test("names in a struct that differ only in case are two in a case-sensitive session") {
    val session = spark.newSession()
    Tfpredict.register(session, TestModels.spec("two_inputs"), "f")
    session.conf.set("spark.sql.caseSensitive", "true")
    val odd = refused("SELECT f(named_struct('A', array(1, 2), 'b', 4))", session)
    assert(odd.contains("This session is case sensitive"))
    assert(only("SELECT f(named_struct('a', array(1, 2), 'b', 4))", session) == 7f)
    session.conf.set("spark.sql.caseSensitive", "false")
    assert(only("SELECT f(named_struct('A', array(1, 2), 'B', 4))", session) == 7f)
  }

  test(
    "two outputs that differ only in case are two in a case-sensitive session, and never mixed"
  ) {
    val session = spark.newSession()
    val spec = GraphModel.write(
      Seq(both("AddV2", "double", "x", "x"), both("Mul", "square", "x", "x")),
      Map("Y" -> "double:0", "y" -> "square:0")
    )
    Tfpredict.register(session, spec, "g")
    assert(only("SELECT g(3f)", session) == Row(6f, 9f))
    assert(refused("SELECT g(3f).y", session).contains("AMBIGUOUS_REFERENCE_TO_FIELDS"))
    assert(refused("SELECT r.Y FROM (SELECT g(3f) AS r)", session).contains("AMBIGUOUS"))
    session.conf.set("spark.sql.caseSensitive", "true")
    assert(only("SELECT g(3f).Y", session) == 6f)
    assert(only("SELECT g(3f).y", session) == 9f)
    assert(session.sql("SELECT r.* FROM (SELECT g(3f) AS r)").head() == Row(6f, 9f))
  }

  test("an untyped NULL is a null row, and array() is an empty array") {
    for (call <- Seq("linear(NULL)", "two_inputs(NULL, 4)", "linear(named_struct('inputs', NULL))"))
      assert(spark.sql(s"SELECT $call").head().isNullAt(0), call)
    assert(spark.sql("SELECT linear(NULL)").schema.head.dataType.sql == "FLOAT")
    assert(only("SELECT ragged(array()).total") == 0L)
    assert(refused("SELECT linear('x')").contains("Found: string for inputs. Fix: CAST the column"))
  }

  test("VALUES may call a model, alone, in FROM, in INSERT, in a CTE and in a subquery") {
    val y = only("SELECT linear(array(1, 2))").asInstanceOf[Float]
    assert(spark.sql("VALUES (1, linear(array(1, 2))), (2, 0)").collect().toSet ==
      Set(Row(1, y), Row(2, 0f)))
    assert(only("SELECT max(v) FROM VALUES (linear(array(1, 2))) AS q(v)") == y)
    assert(
      only("WITH q AS (SELECT * FROM VALUES (linear(array(1, 2))) AS r(v)) SELECT v FROM q") == y
    )
    assert(only("SELECT (SELECT max(v) FROM VALUES (linear(array(1, 2))) AS q(v))") == y)
    spark.sql("CREATE TABLE filled (id INT, y FLOAT) USING parquet")
    try {
      spark.sql("INSERT INTO filled VALUES (1, linear(array(1, 2))), (2, linear(NULL))")
      assert(spark.sql("SELECT * FROM filled ORDER BY id").collect().toSeq ==
        Seq(Row(1, y), Row(2, null)))
      spark.sql("EXPLAIN INSERT INTO filled VALUES (1, linear(array(1, 2)))").collect()
    } finally spark.sql("DROP TABLE filled")
  }

  test("a global temporary view that calls a model answers in every session") {
    spark.sql("CREATE GLOBAL TEMPORARY VIEW v AS SELECT two_inputs(b, a) AS y FROM t")
    try {
      assert(only("SELECT y FROM global_temp.v", spark.newSession()) == 7f)
      assert(only("SELECT y FROM global_temp.v") == 7f)
    } finally spark.sql("DROP VIEW global_temp.v")
  }

  test("Python's arrays of literals still go by position") {
    val spec = TestModels.spec("two_inputs")
    assert(spark.range(1).select(functions.predict(spec, array(lit(1), lit(2)), lit(4))).head() ==
      Row(7f))
  }
}
