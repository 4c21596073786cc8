"""Measures how the time of the project's SQL grows, one thing at a time, in a process of its own.

Usage: growth.py KIND FOLDER JARS FILE [POINT]. Adds its points to FILE, a JSON list. Kinds: rows,
widths, partitions, models; cores and executors take one POINT each, since each is a session.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import tfpredict
from pyspark.sql import DataFrame, SparkSession
from workloads import FILES

from scale.one import add, timed
from scale.plan import FLOATS, MODELS, PARTITIONS, ROWS, TABLES, WIDTHS
from scale.sessions import files, noop, session

# Queries of each point that count; one before them warms up.
TIMES = 3
Point = tuple[int, int, Callable[[], DataFrame]]


def main(kind: str, root: Path, jars: str, file: Path, point: str = "") -> None:
    """Measure each point of a kind: what has grown, the rows and the seconds of each query."""
    masters = {"cores": f"local[{point}]", "executors": f"local-cluster[{point},1,3072]"}
    spark = session(jars, master=masters.get(kind, "local[2]"))
    for grown, rows, query in KINDS[kind](spark, root):
        noop(query())
        seconds = [timed(lambda: noop(query())) for _ in range(TIMES)]  # noqa: B023 - called at once
        add(file, {"kind": kind, "at": int(point or grown), "rows": rows, "seconds": seconds})
    spark.stop()


def by_rows(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Grow a table of the linear model's rows, which Spark makes without a file."""
    tfpredict.register(spark, str(root / "linear" / "model_0"), "f")
    for rows in ROWS:
        yield rows, rows, lambda rows=rows: _made(spark, rows, 8)


def by_partitions(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Cut the same rows into more and more partitions."""
    tfpredict.register(spark, str(root / "linear" / "model_0"), "f")
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
        tfpredict.register(spark, str(root / "mlp" / f"model_{number}"), f"f_{number}")
    table = spark.read.parquet(*files(root / "mlp" / "rows", 4))
    for count in MODELS:
        calls = [f"f_{number}(features) AS y_{number}" for number in range(count)]
        rows = TABLES["mlp"].rows // FILES * 4
        yield count, rows, lambda calls=calls: table.selectExpr(*calls)


def on_machine(spark: SparkSession, root: Path) -> Iterator[Point]:
    """Ask the same query of the MLP, whatever the session has."""
    tfpredict.register(spark, str(root / "mlp" / "model_0"), "f")
    table = spark.read.parquet(*files(root / "mlp" / "rows", 8))
    yield 0, TABLES["mlp"].rows // FILES * 8, lambda: table.selectExpr("id", "f(features) AS y")


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
