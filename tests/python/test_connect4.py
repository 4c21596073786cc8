"""Spark Connect clients without Java call tfpredict on Spark 4, as docs/connect.md says."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import blocks
import pytest
import tfpredict
from answers import TOLERANCE, difference
from lines import VERSION, client4, jars4, spark4
from programs import printed
from servers import Server

PAGE = "docs/connect.md"
# What every client begins with.
BEGIN = """
import json, os, sys, threading
from dataclasses import asdict
from pathlib import Path
from shutil import copytree
if sys.argv[4] == "alone":
    sys.modules["py4j"] = None  # which the environment has: importing it fails from here on
import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
import tfpredict

def end(status):
    # PySpark 4.2 waits for ever at the end of a program that left a second session open.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)

def failed(*what):
    sys.__excepthook__(*what)
    end(1)

sys.excepthook = failed
address, models, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
found = {"file": pyspark.__file__}

def message(call):
    try:
        return ["", str(call())]
    except Exception as refused:
        kinds = [kind.__module__ + "." + kind.__name__ for kind in type(refused).__mro__]
        return [kinds, str(refused)]

def session():
    return SparkSession.builder.remote(address).create()
"""
END = "\nprint(json.dumps(found))\nend(0)\n"

CLIENT = """
spark, other = session(), session()
model = tfpredict.register(spark, models / "linear", "score")
found["model"] = asdict(model)
rows = json.loads((models / "golden.json").read_text())["linear"]["rows"]
frame = spark.createDataFrame(list(enumerate(rows)), "id int, features array<float>")
frame.createOrReplaceTempView("t")
found["sql"] = [
    row.y for row in spark.sql("SELECT id, score(features) AS y FROM t ORDER BY id").collect()
]
call = F.call_function("score", F.col("features"))
found["function"] = [row.y for row in frame.orderBy("id").select(call.alias("y")).collect()]
linear = models / "linear"
column = tfpredict.predict(linear, "features").alias("y")
found["predict"] = [row.y for row in frame.orderBy("id").select(column).collect()]
found["answer"] = frame.select(column).schema["y"].dataType.simpleString()
found["plan"] = frame.select(column)._explain_string(extended=True)
found["columns"] = frame.select(
    tfpredict.predict(linear, "features"),
    tfpredict.predict(linear, frame.features),
    tfpredict.predict(linear, inputs="features"),
    tfpredict.predict(linear, {"inputs": F.col("features")}),
).columns
pair = spark.createDataFrame(
    [([1.0, 2.0], [[1.0, 2.0], [2.0, 3.0]], [1.0])],
    "f array<float>, fs array<array<float>>, bad array<float>",
)
found["where"] = pair.filter(tfpredict.predict(linear, "f") > 3).count()
found["lambda"] = pair.select(F.transform("fs", lambda f: tfpredict.predict(linear, f))).first()[0]
told = tfpredict.predict(linear, "bad", on_error="struct", model_version=True)
found["told"] = pair.select(told.alias("y")).first().y.asDict()

tfpredict.register(spark, models / "two_outputs", "a_second", outputs="q", batch_size=8)
found["registered"] = [entry.name for entry in tfpredict.registered(spark)]
found["outputs"] = [column.name for column in tfpredict.registered(spark)[0].outputs]
found["of other"] = [
    len(tfpredict.registered(other)),
    message(lambda: other.sql("SELECT score(array(1, 2))").first()),
]
tfpredict.register(other, models / "summed", "score")
found["apart"] = [
    each.sql("SELECT score(array(1.0, 2.0))").first()[0] for each in (spark, other)
]

moving = folder / "moving"
copytree(models / "versions" / "1", moving / "1")
found["before"] = tfpredict.register(spark, moving, "moved").version
copytree(models / "versions" / "2", moving / "2")
found["after"] = tfpredict.refresh(spark, "moved").version
found["moved"] = spark.sql("SELECT moved(array(1, 2))").first()[0]

tfpredict.register(spark, models / "summed", "sum", replace=True)
found["replaced"] = spark.sql("SELECT sum(array(1.0, 2.0))").first()[0]
tfpredict.unregister(spark, "sum")
found["put back"] = spark.sql("SELECT sum(id) FROM range(4)").first()[0]

report = tfpredict.doctor(spark)
found["doctor"] = [report.is_well, [[host.role, host.natives] for host in report.hosts]]
found["loads"] = [
    [entry.version, entry.loads] for entry in tfpredict.executor_loads(spark)
    if entry.path == str(linear)
]
def elsewhere():
    found["thread"] = message(lambda: tfpredict.predict(linear, "features"))
thread = threading.Thread(target=elsewhere)
thread.start()
thread.join()

wide = pair.select(F.array(F.lit(1.0), F.lit(2.0), F.lit(3.0)).alias("f"))
for name, call in {
    "missing": lambda: tfpredict.register(spark, "/no/such/model"),
    "signature": lambda: tfpredict.register(spark, linear, signature="other"),
    "tags": lambda: tfpredict.register(spark, linear, tags=["gpu"]),
    "taken": lambda: tfpredict.register(spark, linear, "sum"),
    "name": lambda: tfpredict.register(spark, linear, "s\\nm"),
    "word": lambda: tfpredict.register(spark, linear, on_error="perhaps"),
    "type": lambda: tfpredict.register(spark, 3),
    "unknown": lambda: tfpredict.refresh(spark, "no\\nbody"),
    "gone": lambda: tfpredict.unregister(spark, "nobody"),
    "late": lambda: frame.select(tfpredict.predict("/no/such/model", "features")).collect(),
    "value": lambda: frame.select(tfpredict.predict(linear, [1.0, 2.0])),
    "column": lambda: frame.select(tfpredict.predict(linear, "id")).schema,
    "twice": lambda: frame.select(tfpredict.predict(linear, "features", "id")).schema,
    "row": lambda: wide.select(tfpredict.predict(linear, "f")).collect(),
    "named row": lambda: spark.sql("SELECT score(array(1))").collect(),
    "spark's": lambda: spark.sql("SELECT 1 / 0").collect(),
}.items():
    found[name] = message(call)
if sys.argv[4] == "alone":
    found["jvm"] = any(name.startswith("py4j.") for name in sys.modules)
else:
    found["jvm"] = pyspark.SparkContext._gateway is not None
"""

STAGE = """
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import VectorAssembler
from tfpredict.ml import SavedModelTransformer
spark = session()
frame = spark.createDataFrame([(1.0, 2.0, [1.0, 2.0])], "a float, b float, f array<float>")
path = models / "linear"
stage = SavedModelTransformer(modelPath=path, inputCol="f")
found["transform"] = stage.transform(frame).first().prediction
made = SavedModelTransformer(
    modelPath=path, inputCol="f", outputCol="y", version=1, tags=["serve"], outputs=["outputs"],
    signature="serving_default", batchSize=16, onError="null", modelVersion=True,
)
made.write().overwrite().save(str(folder / "stage"))
back = SavedModelTransformer.load(str(folder / "stage"))
found["same"] = [back.uid == made.uid, back.explainParams() == made.explainParams()]
found["back"] = back.transform(frame).first().y.asDict()
made.clear(made.outputCol)
made.setOutputs([])
found["cleared"] = made.transform(frame).columns[-1]

assembler = VectorAssembler(inputCols=["a", "b"], outputCol="v")
pipeline = Pipeline(stages=[assembler, SavedModelTransformer(modelPath=path, inputCol="v")])
fitted = pipeline.fit(frame)
pipeline.write().overwrite().save(str(folder / "pipeline"))
fitted.write().overwrite().save(str(folder / "fitted"))
found["pipelines"] = [
    each.transform(frame).first().prediction
    for each in (
        fitted,
        Pipeline.load(str(folder / "pipeline")).fit(frame),
        PipelineModel.load(str(folder / "fitted")),
    )
]
for name, call in {
    "stage missing": lambda: stage.setModelPath("/no/such/model").transform(frame).first(),
    "stage unset": lambda: SavedModelTransformer(inputCol="f").transform(frame).first(),
    "stage taken": lambda: stage.setModelPath(path).setOutputCol("a").transform(frame).first(),
    "stage tags": lambda: stage.setTags([]),
}.items():
    found[name] = message(call)
"""

STRANGER = """
import random
from pyspark.sql.connect import proto
from pyspark.sql.connect.column import Column
from pyspark.sql.connect.expressions import Expression
spark = session()

class Bare(Expression):
    def __init__(self, sent):
        super().__init__()
        self.sent = sent

    def to_plan(self, client):
        expression = proto.Expression()
        expression.extension.type_url = "tfpredict/predict"
        expression.extension.value = self.sent
        return expression

    def __repr__(self):
        return "bare"

def call(sent):
    command = proto.Command()
    command.extension.type_url = "tfpredict/call"
    command.extension.value = sent
    spark.client.execute_command(command)

def column(sent):
    spark.range(1).select(Column(Bare(sent))).collect()

def function(name, arguments=1):
    built = proto.Expression.UnresolvedFunction(function_name=name)
    for _ in range(arguments):
        built.arguments.add().unresolved_attribute.unparsed_identifier = "id"
    return built.SerializeToString()

chance = random.Random(7)
noise = [chance.randbytes(length) for length in (0, 1, 7, 100, 5000)]
found["calls"] = [message(lambda: call(sent)) for sent in (
    *noise, b"{}", b"[]", b"null", b'["about"] 1', b'["about", 1]', b'["register", "/m"]',
    b'["register", "/m", "n", {"tags": [null]}]', b'["register", "/m", "n", {"version": null}]',
    b'["register", "/m", "n", {"tags": {"a": {"b": 1}}}]', b'["register", "/m", "n", [1]]',
    b'["register", "/m", "n", {"batchSize": 1.5}]', b'["register", "/m", "n", {"a": 1, "a": 2}]',
    b'["deleteAtEnd", "/m"]', b'["watch"]', b"[" * 5000, b'["' + b"a" * (1 << 20) + b'"]',
)]
found["options"] = [message(lambda: call(sent)) for sent in (
    b'["register", "/m", "n", {"no\\\\nne": 1}]',
    b'["register", "/m", "n", {"version": "x\\\\ny"}]',
)]
found["expressions"] = [message(lambda: column(sent)) for sent in (
    *noise[1:], function(""), function("[]"), function('["/m", ["a", "b"], {}]'),
    function('["/m", [1], {}]'), function('["/m", [], {"tags": [1]}]'),
)]
found["nothing"] = tfpredict.registered(spark)
"""

# The server's working folder is no executor's.
SHIPPED = """
sessions = [session(), session()]
for spark in sessions:
    tfpredict.register(spark, "/proc/self/cwd/own", "own")
rows = "SELECT own(array(1.0f, 2.0f)) AS y FROM range(4)"
found["answers"] = [[row.y for row in spark.sql(rows).collect()] for spark in reversed(sessions)]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    (command,) = blocks.commands(blocks.in_language(PAGE, "sh")[0].replace('"$JARS"', jars4()))
    (properties,) = blocks.in_language(PAGE, "properties")
    with Server(
        tmp_path_factory.mktemp("connect4"),
        blocks.words(command),
        dict(line.split() for line in properties.splitlines()),
        {
            "spark.connect.grpc.binding.port": "{port}",
            "spark.connect.grpc.binding.address": "127.0.0.1",
        },
        master="local-cluster[1,2,1024]",
        spark=spark4() / "pyspark",
    ) as server:
        yield server


def client(server, models, source, *, alone=False):
    """Run a client that finds no Java; return what it found."""
    folder = server.folder / f"client{len(list(server.folder.glob('client*')))}"
    folder.mkdir()
    script = folder / "client.py"
    script.write_text(source)
    package = Path(tfpredict.__file__).parents[1]
    # The first PySpark counts; the second folder has what both need.
    places = [client4(), package] if alone else [spark4(), client4(), package]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK_", "JAVA_HOME"))}
    environment = {
        **kept,
        "PATH": str(folder / "no-commands"),
        "PYTHONPATH": os.pathsep.join(map(str, places)),
    }
    address = f"sc://127.0.0.1:{server.port}"
    command = [sys.executable, script, address, models, folder, "alone" if alone else "whole"]
    return printed(command, env=environment, cwd=folder)


def answers(text):
    return json.loads(text.splitlines()[-1])


@pytest.fixture(scope="module", params=["pyspark", "pyspark-client"])
def found(request, server, models):
    alone = request.param == "pyspark-client"
    told = answers(client(server, models, BEGIN + CLIENT + END, alone=alone))
    assert Path(told["file"]).is_relative_to(client4() if alone else spark4())
    return told


@pytest.fixture(scope="module")
def staged(server, models):
    return answers(client(server, models, BEGIN + STAGE + END, alone=True))


@pytest.fixture(scope="module")
def strange(server, models):
    return answers(client(server, models, BEGIN + STRANGER + END, alone=True))


def is_of(told, kind):
    return kind in {name.rpartition(".")[2] for name in told[0]}


def test_the_client_alone_has_no_classic_pyspark():
    assert (client4() / "pyspark" / "sql" / "connect").is_dir()
    assert not (client4() / "pyspark" / "core").exists()
    assert not (client4() / "pyspark" / "jars").exists()


def test_no_jvm_is_beside_the_client(found):
    assert found["jvm"] is False


def test_register_tells_what_a_classic_session_tells(found, models):
    shown = found["model"]
    assert re.fullmatch("[0-9a-f]{16}", shown.pop("fingerprint"))
    ours = {"tensor": "serving_default_inputs:0", "dtype": "float32", "shape": [None, 2]}
    theirs = {"tensor": "StatefulPartitionedCall:0", "dtype": "float32", "shape": [None, 1]}
    assert shown == {
        "name": "score",
        "path": str(models / "linear"),
        "version": 1,
        "signature": "serving_default",
        "inputs": [{"name": "inputs", **ours, "spark_type": "ARRAY<FLOAT>"}],
        "outputs": [{"name": "outputs", **theirs, "spark_type": "FLOAT"}],
        "problem": None,
    }


def test_names_and_columns_answer_as_tensorflow_does(found, golden):
    wanted = golden["linear"]["answers"]
    for road in ("sql", "function", "predict"):
        assert len(found[road]) == len(wanted)
        assert max(map(difference, found[road], wanted)) <= TOLERANCE


def test_a_prediction_is_a_column_like_others(found):
    assert found["answer"] == "float"
    assert "Predict [predict(features#" in found["plan"]
    named = "predict(inputs => features)"
    assert found["columns"] == ["predict(features)", "predict(features)", named, named]
    assert found["where"] == 1
    assert found["lambda"] == pytest.approx([3.0195961, 3.9878292], rel=1e-6)
    assert found["told"]["value"] is None
    assert found["told"]["model_version"] == 1
    assert (
        "length 2 at depth 1 in input inputs (float32[?, 2]). Found: length 1."
        in (found["told"]["error"])
    )


def test_sessions_are_apart(found):
    assert found["registered"] == ["a_second", "score"]
    assert found["outputs"] == ["q"]
    count, refused = found["of other"]
    assert count == 0
    assert is_of(refused, "AnalysisException")
    assert "Cannot resolve routine `score`" in refused[1]
    assert found["apart"] == pytest.approx([3.0195961, 3.0], rel=1e-6)


def test_a_name_is_refreshed_replaced_and_given_back(found):
    assert (found["before"], found["after"]) == (1, 2)
    assert found["moved"] == pytest.approx(13.019596, rel=1e-6)
    assert found["replaced"] == 3.0
    assert found["put back"] == 6


def test_doctor_and_loads(found):
    assert found["doctor"] == [True, [["driver", "not needed"], ["executor 0", "loaded"]]]
    assert found["loads"] == [[1, 1]]


def test_another_thread_has_the_session_too(found):
    assert found["thread"] == ["", "Column<'predict(features)'>"]


def test_errors_are_the_package_s_own(server, found, models):
    linear = f"Model: {models / 'linear'} (version 1, signature "
    missing = "Model: /no/such/model (unversioned, signature serving_default). Expected: a folder. "
    array = "Expected: length 2 at depth 1 in input inputs (float32[?, 2]). Found: length"
    for name, kind, words in (
        ("missing", "ModelNotFoundException", missing),
        ("late", "ModelNotFoundException", missing),
        ("signature", "SignatureException", f"{linear}other). Expected: a signature called other"),
        ("tags", "SignatureException", "Expected: a graph with"),
        ("row", "InputException", f"{linear}serving_default). {array} 3, in row"),
        ("named row", "InputException", f"{linear}serving_default). {array} 1, in row"),
    ):
        assert is_of(found[name], kind), name
        assert is_of(found[name], "TfpredictException"), name
        # PySpark's own class of it, too; and a sentence without a stack.
        assert is_of(found[name], "SparkConnectGrpcException"), name
        assert words in found[name][1], name
        assert "\n" not in found[name][1], name
    assert server.is_alive()


def test_what_is_spark_s_stays_so(found):
    for name, kind, words in (
        ("taken", "IllegalArgumentException", "[TFPREDICT_FUNCTION_TAKEN]"),
        ("name", "IllegalArgumentException", r'Found: "s\nm". Fix: Choose another name'),
        ("word", "ValueError", "for on_error. Found: 'perhaps'"),
        ("type", "TypeError", "for path. Found: 3."),
        ("unknown", "IllegalArgumentException", r"Found: no\nbody. Fix: "),
        ("gone", "IllegalArgumentException", "[TFPREDICT_FUNCTION_NOT_FOUND]"),
        ("value", "TypeError", "a column or its name as argument 1 of predict"),
        ("column", "AnalysisException", "array<float> for input inputs (float32[?, 2]). Found: "),
        ("twice", "AnalysisException", "Expected: 1 argument, for inputs (float32[?, 2])"),
        ("spark's", "ArithmeticException", "DIVIDE_BY_ZERO"),
    ):
        assert is_of(found[name], kind), (name, found[name])
        assert not is_of(found[name], "TfpredictException"), name
        assert words in found[name][1].splitlines()[0], name


def test_a_stage_of_a_pipeline(staged):
    answer = pytest.approx(3.0195961, rel=1e-6)
    assert staged["transform"] == answer
    assert staged["same"] == [True, True]
    assert staged["back"] == {"value": answer, "model_version": 1}
    assert staged["cleared"] == "prediction"
    assert staged["pipelines"] == [answer] * 3


def test_a_stage_s_errors(staged):
    assert is_of(staged["stage missing"], "ModelNotFoundException")
    assert "Expected: a modelPath for " in staged["stage unset"][1]
    assert "[TFPREDICT_COLUMN_TAKEN]" in staged["stage taken"][1]
    assert is_of(staged["stage tags"], "ValueError")


def test_what_no_client_of_ours_sends_is_refused_in_a_sentence(server, strange):
    begun = (
        "[TFPREDICT_CONNECT_REQUEST] The Spark Connect server cannot read the request. Expected: "
    )
    expected = (f"{begun}tfpredict/", f"{begun}at most 1048576 bytes of tfpredict/")
    for kind in ("calls", "expressions"):
        for told in strange[kind]:
            assert is_of(told, "IllegalArgumentException"), told
            assert told[1].startswith(expected), told
    for told in strange["options"]:
        # One line, also in the server's log.
        assert r"\n" in told[1].splitlines()[0]
    assert strange["nothing"] == []
    assert server.is_alive()


def test_the_lines_of_the_page(server, models):
    (lines,) = blocks.in_language(PAGE, "python")
    lines = lines.replace("localhost:15002", f"127.0.0.1:{server.port}")
    said = client(server, models, lines.replace("/models", str(models)), alone=True)
    assert said.count("3.019596") == 2
    assert said.count("3.9878292") == 1
    assert "['inputs float32[?, 2]']" in said


def test_a_server_without_the_plugins_says_which_settings_it_needs(tmp_path, models):
    submit = ["spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    source = """
spark = session()
from tfpredict import jobs
from tfpredict.ml import SavedModelTransformer
found["refused"] = [
    message(call)
    for call in (
        lambda: tfpredict.register(spark, models / "linear"),
        lambda: tfpredict.registered(spark),
        lambda: tfpredict.doctor(spark),
        lambda: tfpredict.predict(models / "linear", "features"),
        lambda: SavedModelTransformer(),
    )
]
found["watch"] = message(lambda: jobs.watch(spark).__enter__())
"""
    with Server(
        tmp_path,
        [*submit, "spark-internal"],
        {},
        {"spark.connect.grpc.binding.port": "{port}"},
        spark=spark4() / "pyspark",
    ) as bare:
        told = answers(client(bare, models, BEGIN + source + END, alone=True))
    for kinds, sentence in told["refused"]:
        assert kinds[0] == "tfpredict.errors.TfpredictException"
        assert sentence.startswith(
            "[TFPREDICT_CONNECT_PLUGIN] The Spark Connect server lacks a plugin of tfpredict. "
            "Expected: a server with tfpredict's plugins. Found: one without CallPlugin. Fix: "
            "Start the server with the tfpredict jar and with "
            "spark.connect.extensions.command.classes=tfpredict.connect.CallPlugin and "
        )
    assert told["watch"][1].startswith(
        "[TFPREDICT_SESSION_KIND] This kind of SparkSession cannot do this. "
    )


def test_the_other_version_is_told(server, models):
    source = """
from tfpredict import _connect
_connect.__version__ = "9.9.9"
found["refused"] = message(lambda: tfpredict.registered(session()))
"""
    told = answers(client(server, models, BEGIN + source + END, alone=True))
    assert told["refused"][0][0] == "tfpredict.errors.TfpredictException"
    assert told["refused"][1] == (
        "[TFPREDICT_JAR_VERSION] The tfpredict jar is of another version. Expected: version 9.9.9, "
        f"as the Python package. Found: version {tfpredict.__version__} on the Spark Connect "
        "server. Fix: Use the jar and the Python package of one version."
    )


def test_the_versions_of_the_page():
    page = (blocks.ROOT / PAGE).read_text()
    assert f"pyspark-client=={VERSION}" in page


def test_a_model_that_only_the_server_has_reaches_executors_from_each_session(server, models):
    shutil.copytree(models / "linear", server.folder / "own")
    told = answers(client(server, models, BEGIN + SHIPPED + END))
    for found in told["answers"]:
        assert found == pytest.approx([3.019596] * 4, rel=1e-5)
