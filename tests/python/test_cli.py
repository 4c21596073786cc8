"""The shell command: help, statuses, one sentence a failure, and the commands without Spark."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from programs import LINE, UNFIT
from tfpredict.cli._failures import sentence
from tfpredict.cli._near import suggestion
from tfpredict.cli.app import app
from typer.testing import CliRunner

COMMANDS = ["train", "export", "inspect", "verify", "adapt", "predict", "bench", "doctor", "jar"]


def shell(*arguments: object, env: dict | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "tfpredict.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **(env or {})},
    )


def invoke(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def plain(text: str) -> str:
    """A help page's words, without its boxes, colours and line breaks."""
    return " ".join(re.sub(r"\x1b\[[\d;]*m|[│╭╮╰╯─]", " ", text).split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_and_debug(command):
    told = invoke(command, "--help")
    assert told.exit_code == 0
    assert f"Example: tfpredict {command} " in plain(told.output)
    assert "--debug" in told.output
    assert "--json" in told.output
    assert ">>>" not in told.output


def test_help_lists_the_commands_and_starts_without_spark_or_tensorflow(run_script):
    told = plain(invoke("--help").output)
    assert all(command in told for command in (*COMMANDS, "completion"))
    assert "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted." in told
    done = run_script(
        "import sys, tfpredict.cli.app\n"
        "heavy = ('tensorflow', 'keras', 'pyspark', 'py4j', 'numpy', 'sklearn')\n"
        "print([n for n in heavy if n in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["unheard-of"],
        ["train", "unheard-of"],
        ["train", "cancer", "--epochs", "3"],
        ["export", "only-one"],
        ["predict", "model"],
        ["predict", "model", "--input", "t", "--output", "o", "--conf", "no-value"],
        ["predict", "model", "--input", "t", "--output", "o", "--on-error", "skip"],
        ["bench", "model", "--batch-sizes", "64,none"],
        ["predict", "model", "--input", "t", "-o", "y.csv", "--format", "parquet"],
        ["predict", "model", "--input", "-", "-o", "y", "--input-format", "orc"],
        ["predict", "model", "--input", "-", "-o", "y", "--master", "yarn"],
        ["predict", "model", "--input", "t", "-o", "y", "--limit", "0"],
        ["jar", "--line", "3.4"],
        ["completion", "csh"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2_and_one_line(arguments):
    wrong = invoke(*arguments)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert re.fullmatch(r"tfpredict: .* See \S.* --help\.\n", wrong.stderr)


def test_short_options(tmp_path):
    assert plain(invoke("-h").output) == plain(invoke("--help").output)
    told = plain(invoke("predict", "-h").output)
    assert told == plain(invoke("predict", "--help").output)
    for short, long in (("-i", "--input"), ("-o", "--output"), ("-n", "--limit")):
        assert f"{long} {short} " in told


def test_no_arguments_show_the_help():
    told = invoke()
    assert "Commands" in told.output
    assert "tfpredict: " not in told.output


def test_a_failure_is_one_line_and_debug_shows_where(models, tmp_path):
    failed = shell("inspect", tmp_path / "none")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.count("\n") == 1
    shown = shell("inspect", tmp_path / "none", "--debug")
    assert shown.returncode == 1
    assert "Traceback" in shown.stderr


def test_train_exports_with_its_quality(tmp_path):
    model = tmp_path / "cancer"
    told = shell("train", "cancer", "--output", model)
    assert told.returncode == 0, told.stderr
    assert re.search(r"right on 9\d\.\d+% of 114 held-out cases", told.stdout)
    assert f"exported to {model / '1'}" in told.stdout
    # The examples that were kept with it.
    assert shell("verify", model).returncode == 0
    again = shell("train", "linear", "--output", model, "--epochs", 1, "--seed", 1, "--json")
    found = json.loads(again.stdout)
    assert found["exported"] == str(model / "2")
    assert found["mean_squared_error"] > 0
    assert len(found["w"]) == 2


@pytest.fixture(scope="module")
def keras_file(tmp_path_factory):
    import keras

    file = tmp_path_factory.mktemp("keras") / "net.keras"
    inputs = keras.layers.Input((3,), name="x")
    keras.Model(inputs, keras.layers.Dense(2, name="y")(inputs)).save(file)
    return file


def test_export_writes_versions_and_keeps_examples(keras_file, tmp_path):
    import numpy as np

    rows = np.ones((4, 3), "float32")
    np.save(tmp_path / "rows.npy", rows)
    np.savez(tmp_path / "rows.npz", x=rows)
    for version, examples in ((1, "rows.npy"), (2, "rows.npz")):
        told = invoke("export", keras_file, tmp_path / "m", "--examples", tmp_path / examples)
        assert told.exit_code == 0, told.output
        assert told.stdout == f"exported to {tmp_path / 'm' / str(version)}\n"
    assert json.loads(shell("verify", tmp_path / "m", "--json").stdout)["agrees"] is True
    taken = invoke("export", keras_file, tmp_path / "m", "--version", 2)
    assert taken.exit_code == 1
    assert taken.stderr.startswith(
        "tfpredict: [TFPREDICT_EXPORT_VERSION] This version of the model exists already. "
        f"Expected: a new version. Found: version 2, {tmp_path / 'm' / '2'}. Fix: Leave "
    )


def test_export_refuses_what_is_no_model_or_no_rows(keras_file, tmp_path):
    missing = invoke("export", keras_file.with_name("nett.keras"), tmp_path / "m")
    assert missing.exit_code == 1
    assert missing.stderr.endswith("nett.keras; did you mean net.keras?\n")
    (tmp_path / "text.keras").write_text("no model")
    with zipfile.ZipFile(tmp_path / "zip.keras", "w") as archive:
        archive.writestr("other", "")
    for name in ("text.keras", "zip.keras"):
        refused = invoke("export", tmp_path / name, tmp_path / "m")
        assert refused.exit_code == 1
        assert refused.stderr.startswith(
            "tfpredict: [TFPREDICT_EXPORT_FILE] This file or folder cannot be exported. "
            "Expected: a model that Keras 3"
        )
        assert refused.stderr.count("\n") == 1
    (tmp_path / "rows.npy").write_text("no rows")
    no_rows = invoke("export", keras_file, tmp_path / "m", "--examples", tmp_path / "rows.npy")
    assert "expected a .npy or .npz file" in no_rows.stderr
    assert not (tmp_path / "m").exists()


def test_export_takes_a_frozen_graph_by_the_names_of_its_tensors(tmp_path):
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="x")
        tf.multiply(x, tf.compat.v1.placeholder(tf.float32, [], name="k"), name="y")
    file = tf.io.write_graph(graph, str(tmp_path), "frozen.pb", as_text=False)
    unnamed = invoke("export", file, tmp_path / "m")
    assert (unnamed.exit_code, unnamed.stdout) == (1, "")
    assert unnamed.stderr.startswith("tfpredict: [TFPREDICT_EXPORT_TENSORS] The graph's inputs ")
    assert f"Found: {file} alone. Fix: Name its inputs and outputs. " in unnamed.stderr
    assert unnamed.stderr.endswith(f"export {file} FOLDER --inputs x:0,k:0 --outputs y:0\n")
    options = ["--inputs", "a=x:0, k", "--outputs", "y:0", "--outputs", "b=x:0"]
    told = invoke("export", file, tmp_path / "m", *options)
    assert told.stdout == f"exported to {tmp_path / 'm' / '1'}\n", told.stderr
    (signature,) = json.loads(shell("inspect", tmp_path / "m", "--json").stdout)["signatures"]
    assert [column["name"] for column in signature["inputs"]] == ["a", "k"]
    assert [column["name"] for column in signature["outputs"]] == ["b", "y"]


@pytest.mark.parametrize("command", [["train", "linear"], ["export", "FILE", "m"]], ids=" ".join)
def test_tensorflow_missing(command, keras_file, tmp_path):
    package = tmp_path / "blocked" / "keras"
    package.mkdir(parents=True)
    source = "raise ModuleNotFoundError(\"No module named 'keras'\", name='keras')\n"
    (package / "__init__.py").write_text(source)
    path = f"{package.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    words = [str(keras_file) if word == "FILE" else word for word in command]
    failed = shell(*words, env={"PYTHONPATH": path})
    assert failed.returncode == 1
    assert failed.stderr == "tfpredict: keras is not installed: pip install 'tfpredict[train]'.\n"


def test_inspect_draws_the_layers(models):
    told = invoke("inspect", models / "two_inputs", "--graph")
    assert told.exit_code == 0, told.output
    lines = told.stdout.strip().splitlines()
    assert (lines[0], lines[-1]) == ("digraph model {", "}")
    assert '  n0 [shape=ellipse, label="a"];' in lines
    assert '  n2 [shape=box, label="concatenate_1\\nConcatV2"];' in lines
    assert [line for line in lines if "->" in line] == [
        "  n0 -> n2;",
        "  n1 -> n2;",
        "  n2 -> n3;",
        "  n3 -> n4;",
    ]
    as_json = json.loads(invoke("inspect", models / "two_inputs", "--graph", "--json").stdout)
    assert [box["kind"] for box in as_json] == ["input", "input", "layer", "layer", "output"]
    other = invoke("inspect", models / "two_inputs", "--graph", "--signature", "other")
    assert other.exit_code == 1
    assert "Expected: one of the signatures serving_default. Found: other." in other.stderr


def test_a_large_network_stays_a_small_drawing(models):
    drawn = invoke("inspect", models / "resnet50", "--graph").stdout
    boxes = drawn.count("[shape=")
    assert 100 < boxes < 250
    parameters = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) parameters", drawn)]
    assert sum(parameters) > 20_000_000


def java(folder: Path, version: str, has_release: bool) -> dict[str, str]:
    """The environment of a Java that only says its version."""
    (folder / "bin").mkdir(parents=True)
    command = folder / "bin" / "java"
    command.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2026-04-21' >&2\n")
    command.chmod(0o755)
    if has_release:
        (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return {"JAVA_HOME": str(folder)}


@pytest.mark.parametrize("command", ["inspect", "predict", "bench"])
def test_no_jdk_or_one_that_spark_does_not_support(command, models, tmp_path):
    words = [command, models / "linear"]
    if command == "predict":
        (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
        words += ["--input", tmp_path / "rows.csv", "--output", tmp_path / "out"]
    none = shell(*words, env={"JAVA_HOME": str(tmp_path / "nowhere")})
    assert none.returncode == 1
    told = r"tfpredict: .* Found: no java command under .* Fix: Install .*\n"
    assert re.fullmatch(told, none.stderr)
    for version, has_release in zip(UNFIT, (True, False), strict=True):
        env = java(tmp_path / version, version, has_release)
        refused = shell(*words, env=env)
        assert refused.returncode == 1
        major = version.split(".")[0]
        able = f"Java {LINE.javas_in_words()} for Spark {LINE.name}"
        assert f"Expected: {able}. Found: Java {major} at " in refused.stderr
        assert "Fix: Set JAVA_HOME" in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_old_and_new_names_of_versions(tmp_path):
    from tfpredict import _java

    for version, major in (("1.8.0_402", 8), ("11.0.22", 11), ("17", 17)):
        java(tmp_path / version, version, True)
        assert _java._version(str(tmp_path / version / "bin" / "java")) == major


def test_sentences():
    job = Exception(
        "An error occurred while calling o1.save.\n: org.apache.spark.SparkException: Job aborted."
        "\n\tat org.x.Y(Z.scala:1)\nCaused by: tfpredict.InputException: model /m (version 1): "
        "expected an array of 2\n\tat tfpredict.A(B.scala:1)\n"
    )
    assert sentence(job) == "model /m (version 1): expected an array of 2"
    full = Exception("Caused by: java.io.IOException: No space left on device\n\tat x")
    assert sentence(full).startswith("no room is left on the disk where Spark writes")
    assert "at /data" in sentence(OSError(28, "No space left on device", "/data"))
    missing = Exception("Class org.apache.hadoop.fs.s3a.S3AFileSystem not found\n\tat x")
    assert "with --conf spark.jars.packages=org.apache.hadoop:hadoop-aws:" in sentence(missing)
    assert sentence(KeyError("x")) == "KeyError: 'x' (--debug shows where)"


def test_near_names():
    assert suggestion("featurs", ["id", "Features"]) == "; did you mean Features?"
    assert suggestion("zzz", ["id", "features"]) == "."
