"""Python's tests run on the real assembly jar, with one SparkSession for all of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import class_archive
import programs
import pytest

# Before any test imports TensorFlow: its own tests are not about its log.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Spark's launcher reads it for every driver that a test starts, in whatever way.
os.environ.setdefault("SPARK_SUBMIT_OPTS", class_archive.options())

# PySpark 4.2 takes a process whose main module has no file for a run of its own doctests, and ends
# it. A worker that runs tests beside others is such a process.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = str(Path(pytest.__file__).with_name("__main__.py"))

ROOT = Path(__file__).parents[2]
MADE = ROOT / "tests" / "models" / "made"


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of the models that `make models` wrote."""
    if not (MADE / "golden.json").is_file():
        pytest.fail("no test models: run 'make models'")
    return MADE


@pytest.fixture(scope="session")
def golden(models):
    """Rows and TensorFlow's own answers, by model."""
    return json.loads((models / "golden.json").read_text())


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    import tfpredict
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder.master("local[2]")
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    )
    session = tfpredict.configure(builder).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def copy_of(models, tmp_path):
    """A copy of a model that a test may damage."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(models / name, tmp_path / name))

    return copy


@pytest.fixture(scope="session")
def run_script(tmp_path_factory):
    """Run Python source as a process of its own: one JVM a process is all that PySpark has."""

    def run(source: str, *arguments: object, timeout: float = 300) -> subprocess.CompletedProcess:
        script = tmp_path_factory.mktemp("script") / "script.py"
        script.write_text(source)
        return programs.run([sys.executable, script, *arguments], timeout=timeout)

    return run
