"""The SparkSession that every measurement has."""

from __future__ import annotations

from pathlib import Path

import tfpredict
from pyspark.sql import SparkSession


def session(cores: int, jar: Path, *, is_fixed: bool = False) -> SparkSession:
    """Start Spark with so many task slots, the project's jar and that of the benchmarks.

    With a heap of fixed size, no run pays for memory that the one before gave back.
    """
    builder = (
        SparkSession.builder.master(f"local[{cores}]")
        .appName("tfpredict benchmarks")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        # One heap for all, so that peaks of memory can be compared.
        .config("spark.driver.memory", "2g")
        .config("spark.jars", str(jar))
    )
    if is_fixed:
        builder.config("spark.driver.extraJavaOptions", "-Xms2g -XX:+AlwaysPreTouch")
    started = tfpredict.configure(builder).getOrCreate()
    started.sparkContext.setLogLevel("ERROR")
    return started
