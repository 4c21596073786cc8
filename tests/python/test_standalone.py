"""Applications that `spark-submit` brings to a real standalone cluster, in its deploy modes."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from programs import ASSEMBLY
from standalone import Standalone
from tfpredict.session import jars

# What each process calls its working folder: the driver's and the executors' are different ones,
# so that a model there is the driver's alone although all of them are on one machine.
OWN = "/proc/self/cwd/own"
# Spark 3.5 gives a driver in a standalone cluster none of the flags that it needs on Java 17.
MODULES = ("java.lang", "java.lang.invoke", "java.nio", "java.util", "sun.nio.ch")
FLAGS = [f"--add-opens=java.base/{module}=ALL-UNNAMED" for module in MODULES]
ANSWERS = [3.019596, 3.9264367, 8.828995]

PROGRAM = """
import json, sys
import tfpredict
from pyspark.sql import SparkSession

spark = tfpredict.configure(SparkSession.builder).getOrCreate()
for name, path in zip(("shared", "own"), sys.argv[1:]):
    tfpredict.register(spark, path, name)
rows = spark.createDataFrame([([1.0, 2.0],), ([3.0, 5.0],), ([7.0, 8.0],)], "x array<float>")
rows = rows.coalesce(1).selectExpr("shared(x) AS shared", "own(x) AS own")
print(json.dumps([list(row) for row in rows.collect()]))
print(json.dumps(sorted({entry.executor for entry in tfpredict.executor_loads(spark)})))
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Standalone(tmp_path_factory.mktemp("standalone")) as started:
        yield started


@pytest.fixture
def own(models, tmp_path):
    """The driver's working folder, with a model in it."""
    shutil.copytree(models / "linear", tmp_path / "own")
    return tmp_path


def answers(table):
    """The last column of the numbers that `show` prints."""
    return [float(number) for number in re.findall(r"\| *([-\d.]+)\|$", table, re.MULTILINE)]


def test_scala_in_client_mode_with_a_model_that_the_driver_alone_has(cluster, own):
    done = cluster.submit("--class", "tfpredict.examples.TfDataFrame", ASSEMBLY, OWN, folder=own)
    assert done.returncode == 0, done.stderr[-3000:]
    assert answers(done.stdout) == pytest.approx(ANSWERS, rel=1e-5)
    assert list(cluster.disk.rglob("own-1-*/saved_model.pb")), "no executor unpacked the model"


def test_scala_in_cluster_mode_with_a_model_on_a_shared_path(cluster, models):
    conf = {
        "spark.standalone.submit.waitAppCompletion": "true",
        "spark.driver.extraJavaOptions": " ".join(["-XX:+IgnoreUnrecognizedVMOptions", *FLAGS]),
    }
    mode = ["--deploy-mode", "cluster", "--class", "tfpredict.examples.TfDataFrame"]
    done = cluster.submit(*mode, ASSEMBLY, models / "linear", conf=conf)
    assert done.returncode == 0, done.stderr[-3000:]
    (driver,) = cluster.work.glob("driver-*")
    assert answers((driver / "stdout").read_text()) == pytest.approx(ANSWERS, rel=1e-5), (
        driver / "stderr"
    ).read_text()[-3000:]


def test_python_in_client_mode_with_models_of_both_kinds(cluster, own, models):
    program = own / "program.py"
    program.write_text(PROGRAM)
    done = cluster.submit("--jars", jars(), program, models / "linear", OWN, folder=own)
    assert done.returncode == 0, done.stderr[-3000:]
    rows, executors = map(json.loads, done.stdout.splitlines()[-2:])
    assert [shared for shared, _ in rows] == [shipped for _, shipped in rows]
    assert [shared for shared, _ in rows] == pytest.approx(ANSWERS, rel=1e-5)
    assert executors, "no executor says that it has loaded a model"


def test_python_in_cluster_mode_is_refused_by_spark_itself(cluster, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = cluster.submit("--deploy-mode", "cluster", "--jars", jars(), program)
    assert done.returncode != 0
    assert "not supported for python applications on standalone clusters" in done.stderr
