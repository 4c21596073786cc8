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
    """Start Spark with the benchmarks' jars, which are paths with colons between them.

    The first is the benchmarks' own; the others are the peers', and for the peers only: they have
    to stand before Spark's own, whose Gson is older than what DJL asks for.
    """
    own, *others = jars.split(":")
    # Workers have what this process has, MLflow among it.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = (
        SparkSession.builder.master(master)
        .appName("tfpredict benchmarks at scale")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", memory)
        .config("spark.jars", own)
    )
    if peer in ("onnx", "djl"):
        builder.config("spark.driver.extraClassPath", ":".join(others))
    started = tfpredict.configure(builder).getOrCreate()
    started.sparkContext.setLogLevel("ERROR")
    return started


def noop(table: object) -> None:
    """Run a query to its end, and drop its rows."""
    table.write.format("noop").mode("overwrite").save()  # type: ignore[attr-defined]


def files(folder: Path, count: int) -> list[str]:
    """Return the first so many files of a table."""
    return [str(folder / f"{number:02}.parquet") for number in range(count)]
