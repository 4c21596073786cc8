"""spark-shell and spark-sql, walked by scripts: each road to a model, and what bad calls get."""

from __future__ import annotations

import re

import programs
import pytest
import sqlpage
from answers import TOLERANCE, difference
from servers import METASTORE, properties
from standalone import HOME, environment, flags
from test_programs import check_tables
from tfpredict.session import jars

OPTIONS = ["--master", "local[2]", "--conf", "spark.ui.enabled=false"]

SCALA = """
import org.apache.spark.sql.functions.{col, expr}
import tfpredict._
import tfpredict.rdd.RddPredictor

tfpredict.examples.TfDataFrame.main(Array(sys.env("MODEL")))

val model = ModelSpec(sys.env("MODEL"))
val registered = Tfpredict.register(spark, model, "score")
println("registered: " + registered.name + " " + registered.spec.version.get)

val rows = Seq(ROWS)
val table = rows.zipWithIndex.toDF("features", "id")
table.createOrReplaceTempView("t")
def tell(road: String, found: Seq[Float]) = println(s"$road: " + found.mkString(" "))
tell("sql", spark.sql("SELECT score(features) FROM t ORDER BY id").as[Float].collect)
val column = functions.predict(model, col("features"))
tell("frame", table.orderBy("id").select(column).as[Float].collect)
tell("expr", table.orderBy("id").select(expr("score(features)")).as[Float].collect)
val rdd = spark.sparkContext.makeRDD(rows, 2)
tell("rdd", new RddPredictor(model).predict(rdd).collect.map(_.head))

def deny(what: => Any) = println("refused: " + scala.util.Try(what).failed.get.getMessage)
deny(spark.sql("SELECT score('text')"))
deny(Tfpredict.register(spark, ModelSpec("/no/such/model")))
deny(functions.predict(model.copy(signature = "none"), col("features")))
println("still here: " + spark.range(3).count)
"""

AFTER_RESET = """
:reset
import tfpredict._
val found = spark.sql("SELECT score(features) FROM t ORDER BY id").as[Float].collect
println("registered before the reset: " + found.mkString(" "))
Tfpredict.register(spark, ModelSpec(sys.env("MODEL")), "again")
val anew = spark.sql("SELECT again(features) FROM t ORDER BY id").as[Float].collect
println("registered after the reset: " + anew.mkString(" "))
val loaded = scala.util.Try(LocalModel.load(ModelSpec(sys.env("MODEL"))))
println("a local model: " + loaded.failed.get.getMessage)
"""


def start(folder, command, *, source="", **variables):
    return programs.run(
        [HOME / "bin" / command[0], *OPTIONS, *command[1:]],
        input=source,
        env={**environment(folder), **variables},
        cwd=folder,
    )


def test_spark_shell_walks_each_road(models, golden, tmp_path):
    kept = golden["linear"]
    rows = ", ".join(f"Array({a}f, {b}f)" for a, b in kept["rows"])
    done = start(
        tmp_path,
        ["spark-shell", "--jars", jars()],
        source=SCALA.replace("ROWS", rows) + AFTER_RESET,
        MODEL=str(models / "linear"),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "error:" not in done.stdout
    check_tables(done.stdout)
    # Scala 2.13's shell prints its prompt before each line.
    said = re.findall(r"^(?:scala> )?(\w[\w ]*): (.*)$", done.stdout, re.MULTILINE)
    found = dict(said)
    assert found["registered"] == "score 1"
    resets = ("registered before the reset", "registered after the reset")
    for road in ("sql", "frame", "expr", "rdd", *resets):
        answers = [float(number) for number in found[road].split()]
        assert len(answers) == len(kept["answers"]) == 6
        assert max(map(difference, answers, kept["answers"])) <= TOLERANCE, road
    typed, gone, unsigned = [message for name, message in said if name == "refused"]
    model = f"Model: {models / 'linear'} (version 1, signature"
    assert (
        f"{model} serving_default). Expected: array<float> for input inputs (float32[?, 2]). "
        in typed
    )
    assert "Model: /no/such/model (unversioned, signature serving_default). " in gone
    assert gone.startswith("[TFPREDICT_MODEL_NOT_FOUND] There is no model at this path. ")
    assert "Expected: a folder. Found: no such folder. Fix: Check the path" in gone
    assert unsigned.startswith("[TFPREDICT_SIGNATURE_NOT_FOUND] ")
    assert f"{model} none). Expected: " in unsigned
    assert "Found: signatures: serving_default" in unsigned
    assert found["still here"] == "3"
    # What docs/scala.md says of `:reset`.
    assert found["a local model"].startswith("[TFPREDICT_NATIVE_LIBRARY] ")
    assert "already loaded in this JVM by another class loader" in found["a local model"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("spark-sql")


def test_spark_sql_runs_the_pages_line(models, folder):
    command = sqlpage.command("spark-sql", JARS=jars())
    command = [part.replace("/models", str(models)) for part in command]
    done = start(folder, [command[0], *flags(METASTORE), *command[1:]])
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["3.019596"]


def test_spark_sql_runs_a_file_until_what_is_wrong(models, golden, folder):
    kept = golden["linear"]
    values = ", ".join(f"({n}, array({a}, {b}))" for n, (a, b) in enumerate(kept["rows"]))
    (folder / "models.conf").write_text(properties(sqlpage.settings(models)))
    (folder / "walk.sql").write_text(
        f"CREATE TABLE t USING parquet AS SELECT * FROM VALUES {values} AS v(id, features);\n"
        "SELECT id, score(features) FROM t ORDER BY id;\n"
        "SELECT frozen(array(1, 2)), newest(array(1, 2)), total(array(1, 2), 4);\n"
        "DESCRIBE FUNCTION score;\n"
        "SELECT score('text') FROM t;\n"
        "SELECT 'never';\n"
    )
    brought = ["--jars", jars(), "--properties-file", "models.conf"]
    done = start(folder, ["spark-sql", *flags(METASTORE), *brought, "-f", "walk.sql"])
    *answers, versions, _, _, usage = done.stdout.strip().splitlines()
    assert [line.split("\t")[0] for line in answers] == list("012345")
    found = [float(line.split("\t")[1]) for line in answers]
    assert max(map(difference, found, kept["answers"])) <= TOLERANCE
    assert versions.split("\t") == ["3.019596", "13.019596", "7.0"]
    linear = f"model {models / 'linear'} (version 1, signature serving_default)"
    assert usage == f"Usage: score(inputs ARRAY<FLOAT> (float32[?, 2])) returns FLOAT: {linear}"
    # Without -f's own switch to go on, it stops at an error, and says so to its caller.
    assert done.returncode != 0
    assert (
        f"{linear.replace('model', 'Model:', 1)}. Expected: array<float> for input inputs "
        "(float32[?, 2]). Found: string for inputs." in done.stderr
    )
    assert "replaced a previously registered function" not in done.stderr
