"""A Spark Connect client without Java asks a server with an executor, as docs/sql.md says."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import blocks
import pyspark
import pytest
import sqlpage
from answers import TOLERANCE, difference
from programs import ASSEMBLY, LINE, printed
from servers import Server
from tfpredict.session import jars

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(LINE.name != "3.5", reason="Spark 4's has test_connect4.py")

CLIENT = """
import json, sys
from pyspark import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql.functions import call_function, col
import tfpredict

address, rows = sys.argv[1], json.loads(sys.argv[2])
found = {}

def message(call):
    try:
        call()
    except Exception as refused:
        return [type(refused).__name__, str(refused)]

def session():
    return SparkSession.builder.remote(address).create()

spark, other = session(), session()
found["ids"] = len({spark.session_id, other.session_id})
frame = spark.createDataFrame(list(enumerate(rows)), "id int, features array<float>")
frame.createOrReplaceTempView("t")
query = spark.sql("SELECT id, score(features) AS y FROM t ORDER BY id")
found["type"] = query.schema["y"].dataType.simpleString()
found["sql"] = [row.y for row in query.collect()]
found["function"] = [
    row.y for row in frame.select("id", call_function("score", col("features")).alias("y"))
    .orderBy("id").collect()
]
found["other"] = other.sql("SELECT score(array(id, 2 * id)) AS y FROM range(1, 2)").first().y
found["struct"] = other.sql("SELECT find('plum') AS y").first().y.asDict()
found["versions"] = list(other.sql("SELECT frozen(array(1, 2)), newest(array(1, 2))").first())
found["summed"] = other.sql("SELECT summed(array(1, 2))").first()[0]
found["pandas"] = other.sql("SELECT checked(array(1)).error AS why").toPandas().why[0]
found["plan"] = spark.sql("EXPLAIN SELECT score(features) FROM t").first()[0]
found["usage"] = [row[0] for row in spark.sql("DESCRIBE FUNCTION score").collect()]
for name, bad in {
    "typed": "SELECT score('text')",
    "unknown": "SELECT score(nope) FROM t",
    "long": "SELECT score(array(1, 2, 3))",
    "misspelt": "SELECT scores(features) FROM t",
    "gone": "SELECT gone(features) FROM t",
}.items():
    found[name] = message(lambda: spark.sql(bad).collect())
found["frame"] = message(lambda: frame.select(call_function("score", col("id"))).collect())
found["after"] = spark.sql("SELECT score(array(1, 2))").first()[0]
found["refused"] = [
    message(call)
    for call in (
        lambda: tfpredict.register(spark, "/models/linear"),
        lambda: tfpredict.refresh(spark, "score"),
        lambda: tfpredict.doctor(spark),
        lambda: frame.select(tfpredict.predict("/models/linear", "features")),
    )
]
found["configure"] = message(lambda: tfpredict.configure(SparkSession.builder.remote(address)))
found["jvm"] = SparkContext._gateway is not None
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def server(models, tmp_path_factory):
    fetch = [ROOT / "scripts/fetch-jar", "org.apache.spark", "spark-connect_2.12"]
    fetched = printed([*fetch, pyspark.__version__]).strip()
    # What --packages brings is in this jar alone, fetched once.
    submit = sqlpage.command("SparkConnectServer", JARS=f"{jars()},{fetched}")
    packages = submit.index("--packages")
    assert submit[packages + 1] == f"org.apache.spark:spark-connect_2.12:{pyspark.__version__}"
    del submit[packages : packages + 2]
    with Server(
        tmp_path_factory.mktemp("connect"),
        submit,
        {**sqlpage.settings(models), "spark.tfpredict.models.gone": "/no/such/model"},
        {"spark.connect.grpc.binding.port": "{port}"},
        master="local-cluster[1,2,1024]",
    ) as server:
        yield server


def client(server, source, *arguments):
    """Run Python that finds no Java."""
    script = server.folder / "client.py"
    script.write_text(source.replace("localhost:15002", f"127.0.0.1:{server.port}"))
    unwanted = ("SPARK_", "JAVA_HOME")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    environment = {**kept, "PATH": str(server.folder / "no-commands")}
    return printed([sys.executable, script, *arguments], env=environment, cwd=server.folder)


@pytest.fixture(scope="module")
def found(server, golden):
    address = f"sc://127.0.0.1:{server.port}"
    said = client(server, CLIENT, address, json.dumps(golden["linear"]["rows"]))
    return json.loads(said.splitlines()[-1])


def test_sql_and_call_function_answer_as_tensorflow_does(found, golden):
    answers = golden["linear"]["answers"]
    assert found["type"] == "float"
    for road in ("sql", "function"):
        assert len(found[road]) == len(answers)
        assert max(map(difference, found[road], answers)) <= TOLERANCE
    assert "Predict [score(features#" in found["plan"]


def test_the_client_has_no_jvm(found):
    assert found["jvm"] is False


def test_models_are_as_the_server_names_them(found, models):
    assert found["struct"] == {"index": 2, "upper": "PLUM"}
    assert found["versions"] == pytest.approx([3.019596, 13.019596], rel=1e-6)
    assert found["summed"] == 3.0
    assert found["pandas"].startswith("[TFPREDICT_INPUT_LENGTH] An array has a length")
    assert found["usage"][-1].startswith(
        "Usage: score(inputs ARRAY<FLOAT> (float32[?, 2])) returns FLOAT: model "
    )


def test_a_bad_call_is_told_in_a_sentence_and_harms_nobody(server, found, models):
    model = f"Model: {models / 'linear'} (version 1, signature serving_default). Expected: "
    expected = f"{model}array<float> for input inputs (float32[?, 2]). Found:"
    for name, kind, words in (
        ("typed", "AnalysisException", f"{expected} string for inputs."),
        ("frame", "AnalysisException", f"{expected} int for inputs."),
        ("unknown", "AnalysisException", "name `nope` cannot be resolved. Did you mean one of"),
        ("misspelt", "AnalysisException", "Cannot resolve function `scores`"),
        (
            "long",
            "SparkConnectGrpcException",
            "tfpredict.InputException: [TFPREDICT_INPUT_LENGTH] An array has a length that the "
            f"model does not take. {model}length 2 at depth 1 in input inputs (float32[?, 2]). "
            "Found: length 3, in row 1 of partition 0. Fix: Correct the row",
        ),
        (
            "gone",
            "SparkConnectGrpcException",
            "(tfpredict.ModelNotFoundException) [TFPREDICT_MODEL_NOT_FOUND] There is no model at "
            "this path. Model: /no/such/model (unversioned, signature serving_default). "
            "Expected: a folder. Found: no such folder. Fix: Check the path",
        ),
    ):
        assert found[name][0] == kind
        assert words in found[name][1].splitlines()[0]
    assert found["after"] == pytest.approx(3.019596, rel=1e-6)
    assert server.is_alive()


def test_what_needs_a_jvm_says_which_setting_to_use(found, server):
    instead = (
        "[TFPREDICT_SESSION_KIND] This kind of SparkSession cannot do this. Expected: a classic "
        "SparkSession, which has a JVM beside it. Found: one of Spark Connect. Fix: Set "
        "spark.tfpredict.models.<name> to the model's path on the server, and call the function by "
        "that name."
    )
    assert found["refused"] == [["TfpredictException", instead]] * 4
    assert found["configure"] == [
        "TfpredictException",
        "[TFPREDICT_SESSION_KIND] This kind of SparkSession cannot do this. Expected: the builder "
        "of a classic SparkSession. Found: one of Spark Connect, at "
        f"sc://127.0.0.1:{server.port}. Fix: Do not call configure. Set "
        "spark.tfpredict.models.<name> to the model's path on the server, which needs the "
        "tfpredict jar, and call the function by that name.",
    ]


def test_the_lines_of_the_page(server, found):
    (lines,) = blocks.in_language(sqlpage.PAGE, "python")
    said = client(server, lines)
    assert said.count("3.019596") == 2
    assert said.count("3.9878292") == 1


def test_sessions_share_what_an_executor_has_loaded(server, found, models):
    assert found["ids"] == 2
    assert found["other"] == pytest.approx(3.019596, rel=1e-6)
    # By the one executor; the driver has loaded nothing.
    (line,) = server.logged(f"Loaded model {models / 'linear'} ")
    assert line not in server.log.read_text()


def test_protobuf_and_grpc_are_renamed_in_both_jars(server, found):
    assert not server.logged("NoSuchMethodError")
    assert not server.logged("LinkageError")
    import zipfile

    (connect,) = (ROOT / "build" / "tools").glob("spark-connect_*.jar")
    ours, theirs = ({*zipfile.ZipFile(jar).namelist()} for jar in (ASSEMBLY, connect))
    classes = {name for name in ours & theirs if name.endswith(".class")}
    assert classes == set()
    assert not [name for name in ours if name.startswith(("io/grpc/", "com/google/protobuf/"))]
