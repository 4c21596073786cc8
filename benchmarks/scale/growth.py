"""Measures how the time of the project's SQL grows, one thing at a time, in a process of its own.

Usage: growth.py KIND FOLDER JARS FILE [POINT]. Adds its points to FILE, a JSON list. Kinds: rows,
widths, partitions, models; cores and executors take one POINT each, since each is a session.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import spark as sparks
import tfpredict
from machine import SLOTS
from pyspark.sql import DataFrame, SparkSession
from workloads import FILES

from scale.one import add
from scale.plan import FLOATS, MODELS, PARTITIONS, ROWS, WIDTHS, WORKLOADS, copy_of_mlp

# Queries of each point that count; one before them warms up.
TIMES = 3
Point = tuple[int, int, Callable[[], DataFrame]]


def main(kind: str, root: Path, jars: str, file: Path, point: str = "") -> None:
    """Measure each point of a kind: what has grown, the rows and the seconds of each query."""
    masters = {"cores": f"local[{point}]", "executors": f"local-cluster[{point},1,3072]"}
    own = ",".join(jars.split(":")[:2])
    spark = sparks.session(masters.get(kind, f"local[{SLOTS}]"), own, memory="3g")
    for grown, rows, query in KINDS[kind](spark, root):
        sparks.noop(query())
        seconds = [timed(query) for _ in range(TIMES)]
        add(file, {"kind": kind, "at": int(point or grown), "rows": rows, "seconds": seconds})
    spark.stop()


def timed(query: Callable[[], DataFrame]) -> float:
    """Return the seconds that a query takes, from its text to its end."""
    started = time.perf_counter()
    sparks.noop(query())
    return time.perf_counter() - started


def by_rows(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Grow a table of the linear model's rows, which Spark makes without a file."""
    tfpredict.register(spark, WORKLOADS["linear"].model(root), "f")
    for rows in ROWS:
        yield rows, rows, lambda rows=rows: _made(spark, rows, 8)


def by_partitions(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Cut the same rows into more and more partitions."""
    tfpredict.register(spark, WORKLOADS["linear"].model(root), "f")
    for count in PARTITIONS:
        yield count, 10_000_000, lambda count=count: _made(spark, 10_000_000, count)


def by_widths(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Read tables of as many floats, in wider and wider rows."""
    for width in WIDTHS:
        folder = root / f"width_{width}"
        tfpredict.register(spark, str(folder / "model"), f"f_{width}")
        table = spark.read.parquet(str(folder / "rows"))
        call = f"f_{width}(features) AS y"
        rows = FLOATS // width // FILES * FILES
        yield width, rows, lambda table=table, call=call: table.selectExpr(call)


def by_models(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Call more and more models of the same input in one query."""
    for number in range(max(MODELS)):
        tfpredict.register(spark, copy_of_mlp(number, root), f"f_{number}")
    table = spark.read.parquet(*WORKLOADS["mlp"].files(root, 4))
    for count in MODELS:
        calls = [f"f_{number}(features) AS y_{number}" for number in range(count)]
        rows = WORKLOADS["mlp"].rows_per_file * 4
        yield count, rows, lambda calls=calls: table.selectExpr(*calls)


def on_machine(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Ask the same query of the MLP, whatever the session has."""
    tfpredict.register(spark, WORKLOADS["mlp"].model(root), "f")
    table = spark.read.parquet(*WORKLOADS["mlp"].files(root, 8))
    yield 0, WORKLOADS["mlp"].rows_per_file * 8, lambda: table.selectExpr("id", "f(features) AS y")


def _made(spark: SparkSession, rows: int, partitions: int) -> DataFrame:
    made = spark.range(0, rows, 1, partitions)
    return made.selectExpr("id", "f(array(float(id % 1000), float(id % 77))) AS y")


KINDS: dict[str, Callable[[SparkSession, Path], Iterator[Point]]] = {
    "rows": by_rows,
    "widths": by_widths,
    "partitions": by_partitions,
    "models": by_models,
    "cores": on_machine,
    "executors": on_machine,
}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), *sys.argv[5:])
