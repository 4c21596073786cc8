"""The ways to ask a query, each of which gives its rows; some ask more than once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import tfpredict
from domain import frozen
from expressions import Call, errors_equal
from functions import Reference
from queries import Query
from special import Rows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

SOME = 3  # rows that are taken

_numbers = itertools.count()
Found = list[list[tuple]]


def ask(spark: SparkSession, query: Query, reference: Reference) -> Found:
    """Return what Spark answers: once, or more often where the way asks again."""
    for key, value in query.conf.items():
        spark.conf.set(key, value)
    if query.way == "by predict":
        return [rows_of(_predicted(spark, query, reference))]
    return WAYS[query.way](spark, query)


def _asked(spark: SparkSession, query: Query) -> Found:
    return [rows_of(spark.sql(query.sql()))]


def _viewed(spark: SparkSession, query: Query) -> Found:
    spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW fuzz_view AS {query.sql()}")
    return [rows_of(spark.sql("SELECT * FROM fuzz_view"))]


def _viewed_elsewhere(spark: SparkSession, query: Query) -> Found:
    """In a session that has none of the names, by a view that all sessions share."""
    spark.sql(query.sql()).createOrReplaceGlobalTempView("fuzz_view")
    return [rows_of(spark.newSession().sql("SELECT * FROM global_temp.fuzz_view"))]


@contextmanager
def _table(spark: SparkSession, made: str) -> Any:
    # One that fails leaves its folder behind, where no other table can be.
    name = f"fuzz_written_{next(_numbers)}"
    spark.sql(f"CREATE TABLE {name} {made}")
    try:
        yield name
    finally:
        spark.sql(f"DROP TABLE {name}")


def _written(spark: SparkSession, query: Query) -> Found:
    with _table(spark, f"USING parquet AS {query.sql()}") as name:
        return [rows_of(spark.table(name))]


def _inserted(spark: SparkSession, query: Query) -> Found:
    columns = ", ".join(f"{c.name} {c.type.sql()}" for c in query.rel.cols)
    rel = query.rel
    source = rel.source().rpartition(" AS v(")[0] if isinstance(rel, Rows) else query.sql()
    with _table(spark, f"({columns}) USING parquet") as name:
        spark.sql(f"INSERT INTO {name} {source}")
        return [rows_of(spark.table(name))]


def _cached(spark: SparkSession, query: Query) -> Found:
    frame = spark.sql(query.sql())
    frame.cache()
    try:
        return [rows_of(frame), rows_of(spark.sql(query.sql()))]
    finally:
        frame.unpersist(True)


def _counted(spark: SparkSession, query: Query) -> Found:
    return [rows_of(spark.sql(f"SELECT count(*) AS n FROM ({query.sql()})"))]


def _iterated(spark: SparkSession, query: Query) -> Found:
    return [[row_of(row) for row in spark.sql(query.sql()).toLocalIterator()]]


def _at_once(spark: SparkSession, query: Query) -> Found:
    """By two threads at the same time."""
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda _: _asked(spark, query)[0], range(2)))


def _taken(spark: SparkSession, query: Query) -> Found:
    return [[row_of(row) for row in spark.sql(query.sql()).take(SOME)]]


def _tailed(spark: SparkSession, query: Query) -> Found:
    return [[row_of(row) for row in spark.sql(query.sql()).tail(SOME)]]


def _sampled(spark: SparkSession, query: Query) -> Found:
    return [rows_of(spark.sql(f"SELECT * FROM ({query.sql()}) TABLESAMPLE (40 PERCENT)"))]


WAYS: dict[str, Callable[[SparkSession, Query], Found]] = {
    "asked": _asked,
    "asked by two threads": _at_once,
    "cached": _cached,
    "counted": _counted,
    "inserted": _inserted,
    "iterated": _iterated,
    "sampled": _sampled,
    "tailed": _tailed,
    "taken": _taken,
    "viewed": _viewed,
    "viewed in another session": _viewed_elsewhere,
    "written": _written,
}


def _predicted(spark: SparkSession, query: Query, reference: Reference) -> DataFrame:
    """The same by columns of Python: models by their folders, without names."""
    from pyspark.sql import functions

    rel = query.rel

    def column(expr: Any) -> Column:
        if not isinstance(expr, Call):
            return functions.expr(expr.sql())
        function = expr.function
        given = [functions.expr(arg.sql()) for arg in expr.args]
        if expr.style != "positional":
            inputs = [i.name for i in function.model.inputs]
            given = [dict(zip(inputs, given, strict=True))]
        return tfpredict.predict(
            reference.folders[function.model.name],
            *given,
            version=reference.serving[function.name],
            batch_size=function.batch_size,
            on_error=function.on_error,
            model_version=function.model_version,
            outputs=function.outputs or None,
        )

    frame = spark.table(rel.child.name)
    if rel.where:
        frame = frame.where(functions.expr(rel.where.sql()))
    return frame.select([column(e).alias(name) for name, e in rel.items])


def rows_of(frame: DataFrame) -> list[tuple]:
    return [row_of(row) for row in frame.collect()]


def row_of(row: Any) -> tuple:
    return tuple(frozen(errors_equal(v)) for v in row.asDict(recursive=True).values())
