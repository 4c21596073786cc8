"""What the shell command says of a model's path before it starts a JVM, and where the jars are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tfpredict
from programs import LINE
from tfpredict._versions import LINES
from tfpredict.cli import _models
from tfpredict.cli.app import app
from tfpredict.session import jars
from typer.testing import CliRunner

# No Java is found, so that whatever needs one would say so.
WITHOUT_JAVA = {"JAVA_HOME": "/nowhere"}


def invoke(*arguments: object, **environment: str):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)


def refused(result) -> str:
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "data" / "linear_model" / "1").mkdir(parents=True)
    (tmp_path / "data" / "points.csv").write_text("x0,x1\n1,2\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


COMMANDS = [
    ["inspect"],
    ["inspect", "--graph"],
    ["verify"],
    ["adapt", "out"],
    ["bench", "--master", "local[1]"],
    ["predict", "--input", "data/points.csv", "--output", "out", "--master", "local[1]"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_mistyped_path_is_told_with_near_names(here, command):
    name, *options = command
    told = refused(invoke(name, "data/linear_modl", *options, **WITHOUT_JAVA))
    assert told == (
        "tfpredict: model data/linear_modl: there is no such folder; did you mean "
        f"data/linear_model? Expected: {_models.EXPECTED}.\n"
    )


def test_a_mistyped_folder_above_it_is_told_too(here):
    told = refused(invoke("inspect", "dta/linear_model", **WITHOUT_JAVA))
    assert "; did you mean data/linear_model? " in told
    # Where nothing is near, nothing is suggested.
    assert "there is no such folder. Expected" in refused(invoke("inspect", "zzz", **WITHOUT_JAVA))
    # A near name without the rest of the path is none.
    told = refused(invoke("inspect", "dta/other/deep", **WITHOUT_JAVA))
    assert "did you mean" not in told


def test_a_file_is_not_called_missing(here):
    told = refused(invoke("inspect", "data/points.csv", **WITHOUT_JAVA))
    assert told == (
        "tfpredict: model data/points.csv: this is a file, not a model folder. Expected: "
        f"{_models.EXPECTED}. Fix: name the model's folder.\n"
    )


@pytest.mark.parametrize("name", ["README", "notes.md", "rows.csv.gz", "model.pkl"])
def test_any_file_that_is_no_model_is_called_a_file(here, name):
    (here / name).write_bytes(b"x")
    told = refused(invoke("inspect", name, **WITHOUT_JAVA))
    assert f"model {name}: this is a file, not a model folder." in told


def test_a_file_of_another_format_is_left_to_the_jvm_which_knows_it(here):
    (here / "net.keras").write_bytes(b"x")
    assert "tfpredict export" in refused(invoke("inspect", "net.keras"))


def test_the_jars_are_printed_for_jars():
    found = invoke("jar")
    assert (found.exit_code, found.stdout) == (0, f"{jars()}\n")
    paths = json.loads(invoke("jar", "--json").stdout)["jars"]
    assert [Path(path).is_file() for path in paths] == [True, True]
    assert invoke("jar", "--line", LINE.name).stdout == found.stdout
    assert invoke("jar", "--line", LINE.pyspark).stdout == found.stdout


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_the_jars_of_each_line(line):
    found = invoke("jar", "--line", line.name)
    folder = Path(tfpredict.__file__).parent / "jars"
    if (folder / line.jar).is_file():
        paths = [Path(path) for path in found.stdout.strip().split(",")]
        assert paths[0] == folder / line.jar
        assert paths[1].name.startswith("tfpredict-natives-")
    else:  # built for the other line only
        assert f"the tfpredict jar is missing at {folder / line.jar}" in refused(found)


def test_no_spark_asks_for_the_line(tmp_path):
    command = [sys.executable, "-m", "tfpredict.cli", "jar"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SPARK_HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert done.stderr.endswith("Or name the line of Spark: --line 3.5 or --line 4.\n")
