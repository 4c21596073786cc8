"""The SparkSession that every measurement has."""

from __future__ import annotations

import tfpredict
from pyspark.sql import DataFrame, SparkSession


def session(
    master: str, jars: str, *, memory: str = "2g", is_fixed: bool = False, classes: str = ""
) -> SparkSession:
    """Start Spark with the project's jar and those of the benchmarks.

    Parameters
    ----------
    master : str
        such as ``local[2]``
    jars : str
        the benchmarks' jars, separated by commas
    memory : str
        the driver's heap: one for all, so that peaks of memory can be compared
    is_fixed : bool
        whether the heap has this size from the start, so that no run pays for memory that the one
        before gave back
    classes : str
        libraries that must be loaded before Spark's, separated by colons
    """
    builder = (
        SparkSession.builder.master(master)
        .appName("tfpredict benchmarks")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", memory)
        .config("spark.jars", jars)
    )
    if is_fixed:
        builder.config("spark.driver.extraJavaOptions", f"-Xms{memory} -XX:+AlwaysPreTouch")
    if classes:
        builder.config("spark.driver.extraClassPath", classes)
    started = tfpredict.configure(builder).getOrCreate()
    started.sparkContext.setLogLevel("ERROR")
    return started


def noop(table: DataFrame) -> None:
    """Run a query completely and discard its rows."""
    table.write.format("noop").mode("overwrite").save()
