"""Runs the notebooks, each in an empty folder, as somebody does who opens it.

``python notebooks/run.py [--keep] [NAME ...]``. With ``--keep`` what they print and draw goes into
their files, where one reads it who does not run them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pyspark
from nbclient import NotebookClient
from tfpredict.session import jars

HERE = Path(__file__).parent
# The object that the Scala notebook loads a model in by hand.
BYHAND = HERE.parent / "build" / "byhand" / "byhand.jar"
# Of one cell, in seconds: the first one starts a JVM.
PATIENCE = 300
INSTALL = ["jupyter", "toree", "install", "--user"]
# Toree is built with Scala 2.12, which Spark 4 is not.
HAS_SCALA = pyspark.__version__.startswith("3.")
# What Spark says while it starts is not what a reader looks for.
CONFIGURATION = {
    "log4j2.properties": """
rootLogger.level = error
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n
# A shell takes its level from the logger of its main class.
logger.python.name = org.apache.spark.api.python.PythonGatewayServer
logger.python.level = error
""",
    "spark-defaults.conf": "spark.ui.enabled false\nspark.ui.showConsoleProgress false\n",
}


def notebooks() -> list[Path]:
    """Return the notebooks in their order, those that have a kernel on this Spark."""
    return [path for path in sorted(HERE.glob("*.ipynb")) if HAS_SCALA or "scala" not in path.stem]


def prepare(folder: Path) -> None:
    """Make Toree's kernel and Spark's settings known to what this process starts."""
    for name, text in CONFIGURATION.items():
        (folder / name).write_text(text)
    os.environ["SPARK_CONF_DIR"] = str(folder)
    os.environ["JUPYTER_DATA_DIR"] = str(folder / "jupyter")
    if not HAS_SCALA:
        return
    home = f"--spark_home={Path(pyspark.__file__).parent}"
    if not BYHAND.is_file():
        raise SystemExit(f"there is no {BYHAND}: make build/byhand/byhand.jar")
    options = f"--spark_opts=--master local[2] --jars {jars()},{BYHAND}"
    done = subprocess.run([*INSTALL, home, options], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"Toree's kernel cannot be installed: {done.stderr[-2000:]}")


def run(path: Path, folder: Path) -> nbformat.NotebookNode:
    """Run a notebook in a folder; return it with what it printed.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=PATIENCE, resources={"metadata": {"path": str(folder)}}
    )
    return client.execute()


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return what all the cells gave: lines, tables, pictures."""
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def printed(notebook: nbformat.NotebookNode) -> str:
    """Return all that the cells printed."""
    return "".join(each.text for each in outputs(notebook) if each.get("name") == "stdout")


def keep(notebook: nbformat.NotebookNode, path: Path, folder: Path) -> None:
    """Write a notebook that has run in a folder, without what is of this run and machine alone."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            # What libraries log is other on every machine.
            cell.outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
    # As one sees it from there.
    text = nbformat.writes(notebook).replace(f"{folder}/", "")
    for place in (tempfile.gettempdir(), str(Path.home()), str(HERE.parent)):
        if f"{place}/" in text:
            raise SystemExit(f"{path.name} is not kept, since it names {place}")
    path.write_text(text + "\n")


def main(*arguments: str) -> None:
    """Run those that are named, or all."""
    names = [name for name in arguments if name != "--keep"]
    wanted = [path for path in notebooks() if not names or path.stem in names]
    if len(wanted) < len(names):
        raise SystemExit(f"there are {', '.join(path.stem for path in notebooks())}")
    with tempfile.TemporaryDirectory() as place:
        prepare(Path(place))
        for path in wanted:
            started = time.monotonic()
            folder = Path(place, path.stem)
            folder.mkdir()
            notebook = run(path, folder)
            if "--keep" in arguments:
                keep(notebook, path, folder)
            print(f"{path.name}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
