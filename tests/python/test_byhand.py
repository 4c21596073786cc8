"""The three programs by hand, on an adapted model: TensorFlow Java and Spark, and no tfpredict."""

from __future__ import annotations

import os
from pathlib import Path

import programs
import pytest
import tfpredict
from programs import LINE, SPARK_BIN
from test_programs import check_tables, numbers
from tfpredict.session import jars

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(LINE.name != "3.5", reason="the programs are built with Scala 2.12")
STAGE = ROOT / "build" / "byhand"
PROGRAM = STAGE / "byhand.jar"
ARRAYS = {
    "TfDriver": [3.019596, 3.9878292],
    "TfRDD": [3.019596, 3.9264367, 7.8607616, 15.974984],
}
LOADED = "SavedModel load for tags { serve }; Status: success"


@pytest.fixture(scope="module")
def folder(models, tmp_path_factory):
    """Where the programs run: a folder with the adapted model where they look for it."""
    if not PROGRAM.is_file():
        pytest.fail(f"no {PROGRAM}: run 'make build/byhand/byhand.jar'")
    place = tmp_path_factory.mktemp("byhand")
    tfpredict.adapt(models / "linear", place / "data" / "linear_adapted")
    return place


def tensorflow():
    """TensorFlow Java's own jars, as --packages org.tensorflow:tensorflow:1.15.0 brings them."""
    jars = sorted((STAGE / "lib").glob("*.jar"))
    assert [jar.name for jar in jars] == [
        "libtensorflow-1.15.0.jar",
        "libtensorflow_jni-1.15.0.jar",
        "tensorflow-1.15.0.jar",
    ]
    return ",".join(map(str, jars))


def start(folder, command, master="local[2]", source=None, conf=()):
    options = ["--master", master]
    for setting in ("spark.ui.enabled=false", *conf):
        options += ["--conf", setting]
    # The runtime says when it loads a model.
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "0"}
    done = programs.run(
        [SPARK_BIN / command[0], *options, *command[1:]], cwd=folder, env=env, input=source
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done


def check_arrays(name, text):
    assert numbers(text) == pytest.approx(ARRAYS[name], abs=1e-5)


@pytest.mark.parametrize("name", ["TfDriver", "TfRDD", "TfDataFrame"])
def test_spark_submit_prints_what_the_walk_through_does(name, folder):
    command = ["spark-submit", "--jars", tensorflow(), "--class", f"byhand.{name}", PROGRAM]
    done = start(folder, command)
    if name in ARRAYS:
        check_arrays(name, done.stdout)
    else:
        check_tables(done.stdout)
    # Two tasks run in this JVM, which has one bundle.
    assert done.stderr.count(LOADED) == 1


def test_each_executors_jvm_has_its_own_bundle(folder):
    """Where the walk-through's broadcast, which is native memory, cannot go."""
    command = ["spark-submit", "--jars", tensorflow(), "--class", "byhand.TfDataFrame", PROGRAM]
    model = folder / "data" / "linear_adapted"
    conf = [f"spark.executorEnv.MODEL={model}", "spark.executor.memory=512m"]
    check_tables(start(folder, command, "local-cluster[2,1,512]", conf=conf).stdout)


def test_spark_shell_runs_their_sources(folder):
    """As they stand, by TensorFlow as our jar has it: its own loader finds its libraries there."""
    sources = [ROOT / "examples" / "byhand" / f"{name}.scala" for name in ("Model", *ARRAYS)]
    sources.append(ROOT / "examples" / "byhand" / "TfDataFrame.scala")
    lines = [f":paste -raw {source}" for source in sources]
    for name in (*ARRAYS, "TfDataFrame"):
        lines += [f'println("<" + "{name}>")', f"byhand.{name}.main(Array.empty)"]
    done = start(folder, ["spark-shell", "--jars", jars()], source="\n".join(lines) + "\n")
    assert "error:" not in done.stdout, done.stdout
    for name in ARRAYS:
        said = done.stdout.partition(f"<{name}>\n")[2].partition("<Tf")[0]
        (told,) = [line for line in said.splitlines() if line.startswith("Array(Array(")]
        check_arrays(name, told)
    check_tables(done.stdout.partition("<TfDataFrame>\n")[2])


def test_they_have_nothing_of_this_project():
    for source in (ROOT / "examples" / "byhand").glob("*.scala"):
        assert "import tfpredict" not in source.read_text(), source
