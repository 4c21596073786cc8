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
from connect4_programs import BEGIN, CLIENT, END, SHIPPED, STAGE, STRANGER
from lines import VERSION, client4, jars4, spark4
from programs import printed
from servers import Server

PAGE = "docs/connect.md"


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
