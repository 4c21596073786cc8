"""Does what a page says, in a process of its own whose working folder has what pages name.

Such a process is needed since the JVM takes relative paths from the folder in which it started.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

_state: dict[str, Any] = {}


def begin(folder: str, models: str) -> None:
    """Start Spark in the folder: the first thing that the process does."""
    os.chdir(folder)
    import tfpredict
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder.master("local[2]")
        .appName("documents")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "4")
    )
    spark = tfpredict.configure(builder).getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    _state.update(spark=spark, folder=folder, models=Path(models))


def open_page() -> None:
    """Make the folder, the session and the names as they are where a page begins."""
    import tfpredict

    spark = _state["spark"]
    for entry in Path().iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for view in spark.catalog.listTables():
        if view.isTemporary:
            spark.catalog.dropTempView(view.name)
    furnish(Path(), _state["models"])
    Path("points.csv").write_text("id,x0,x1\na,1.0,2.0\nb,3.0,5.0\nc,7.0,8.0\n")
    Path("readings.csv").write_text("x0,x1\n1.0,2.0\n3.0,n/a\n7.0,8.0\n")
    table = spark.read.csv("points.csv", header=True, schema="id string, x0 float, x1 float")
    table.write.parquet("points.parquet")
    table.selectExpr("id", "array(x0, x1) AS features").createOrReplaceTempView("t")
    tfpredict.register(spark, "data/linear_model")
    _state["names"] = {"__name__": "__main__", "spark": spark}


def furnish(folder: Path, models: Path) -> None:
    """Put the models into a folder, under the names that pages use."""
    # Version 1 alone, which keeps examples.
    shutil.copytree(models / "versions" / "1", folder / "data" / "linear_model" / "1")
    for name in ("two_inputs", "two_outputs", "lookup", "reads", "unknown_layer"):
        shutil.copytree(models / name, folder / "data" / name)


def python(source: str) -> str:
    """Run lines of Python in the page's namespace; return what they print."""
    return _printed(lambda: exec(compile(source, "<page>", "exec"), _state["names"]))


def sql(source: str) -> str:
    """Run statements of SQL; return the tables that they show."""

    def run() -> None:
        for statement in filter(str.strip, source.split(";")):
            found = _state["spark"].sql(statement)
            if found.columns:
                found.show(truncate=False)

    return _printed(run)


def tfpredict(words: list[str], given: str | None = None) -> tuple[int, str, str]:
    """Run the shell command in this session, perhaps with a file as its standard input.

    Return its status and what it said.
    """
    from tfpredict.cli.app import app
    from typer.testing import CliRunner

    if "net.keras" in words:
        _keras_file()
    if "frozen.pb" in words:
        _frozen_graph()
    done = CliRunner().invoke(app, words, input=given and Path(given).read_bytes())
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, _anywhere(done.stdout), _anywhere(done.stderr)


def bash(line: str) -> None:
    """Run a line of shell."""
    done = subprocess.run(["bash", "-ec", line], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"


def remove(name: str) -> None:
    """Remove what an earlier command wrote, since pages show one output's name again and again."""
    if Path(name).is_file():
        Path(name).unlink()
    shutil.rmtree(name, ignore_errors=True)


def end() -> None:
    """Stop Spark."""
    _state["spark"].stop()


def _printed(action: Any) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        action()
    return _anywhere(out.getvalue())


def _anywhere(text: str) -> str:
    # Pages show paths of nobody's machine.
    for folder in {_state["folder"], os.path.realpath(_state["folder"])}:
        text = text.replace(folder, "/home/me")
    return text


def _keras_file() -> None:
    import keras
    import numpy as np

    net = keras.Sequential([keras.layers.Input((2,), name="x"), keras.layers.Dense(1)])
    net.save("net.keras")
    np.save("rows.npy", np.ones((3, 2), "float32"))


def _frozen_graph() -> None:
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="import/x")
        kept = tf.compat.v1.placeholder(tf.float32, [None], name="keep_prob")
        tf.multiply(tf.reduce_sum(x, axis=1), kept, name="scores")
    tf.io.write_graph(graph, ".", "frozen.pb", as_text=False)
