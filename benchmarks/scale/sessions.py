"""The SparkSession of a measurement at scale."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import tfpredict
from pyspark.sql import SparkSession


def session(
    jars: str, *, peer: str = "", master: str = "local[2]", memory: str = "3g"
) -> SparkSession:
    """Start Spark with the benchmarks' jars: paths, separated by colons.

    The first two are the benchmarks' own. The others are the peers' libraries, and only the peers
    get them: they must be loaded before Spark's jars, whose Gson is too old for DJL.
    """
    every = jars.split(":")
    own, others = every[:2], every[2:]
    # Workers run in this process's environment, which has MLflow.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = (
        SparkSession.builder.master(master)
        .appName("tfpredict benchmarks at scale")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", memory)
        .config("spark.jars", ",".join(own))
    )
    if peer in ("onnx", "djl"):
        builder.config("spark.driver.extraClassPath", ":".join(others))
    started = tfpredict.configure(builder).getOrCreate()
    started.sparkContext.setLogLevel("ERROR")
    return started


def noop(table: object) -> None:
    """Run a query completely and discard its rows."""
    table.write.format("noop").mode("overwrite").save()  # type: ignore[attr-defined]


def files(folder: Path, count: int) -> list[str]:
    """Return a table's first files."""
    return [str(folder / f"{number:02}.parquet") for number in range(count)]
