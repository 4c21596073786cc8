"""Asks Spark a query, in one of several ways, and holds the answer against the reference's."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain import frozen
from expressions import errors_equal
from functions import Bad, Reference
from queries import Query
from relations import MAYBE, Undecided

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_written = itertools.count()


@dataclass
class Expected:
    """`rows` are none where the answer hangs on the order of evaluation."""

    rows: list[tuple] | None
    must_fail: bool
    may_fail: bool


@dataclass
class Difference:
    """What is wrong, in a word that all differences of the kind have, and in full."""

    kind: str
    got: str
    expected: str


def expect(query: Query, reference: Reference) -> Expected:
    reference.may_fail = False
    try:
        rows = query.rel.rows(reference, {})
    except Undecided:
        return Expected(None, False, True)
    names = [c.name for c in query.rel.cols]
    must = any(MAYBE in r or any(isinstance(r[n], Bad) for n in names) for r in rows)
    may = reference.may_fail
    failing = [f for f in query.functions() if f.on_error == "fail"]
    if query.moves_calls() and failing:
        may = may or any(t.dirty for t in query.tables()) or any(f.model.refuses for f in failing)
    if query.way == "counted" or query.is_any_limit():
        must = False  # the rows that are bad may be others than are wanted
    shown = [tuple(frozen(r[n]) for n in names) for r in rows]
    return Expected(None if must else shown, must, may or must)


def ask(spark: SparkSession, query: Query) -> list[list[tuple]]:
    """Return what Spark answers: once, or more often where the way asks again."""
    for key, value in query.conf.items():
        spark.conf.set(key, value)
    sql = query.sql()
    if query.way == "viewed":
        spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW fuzz_view AS {sql}")
        return [rows_of(spark.sql("SELECT * FROM fuzz_view"))]
    if query.way == "written":
        # One that fails leaves its folder behind, where no other table can be.
        table = f"fuzz_written_{next(_written)}"
        spark.sql(f"CREATE TABLE {table} USING parquet AS {sql}")
        try:
            return [rows_of(spark.table(table))]
        finally:
            spark.sql(f"DROP TABLE {table}")
    frame = spark.sql(f"SELECT count(*) AS n FROM ({sql})" if query.way == "counted" else sql)
    if query.way == "iterated":
        return [[_row(row) for row in frame.toLocalIterator()]]
    if query.way == "cached":
        frame.cache()
        try:
            return [rows_of(frame), rows_of(spark.sql(sql))]
        finally:
            frame.unpersist(True)
    return [rows_of(frame)]


def rows_of(frame: DataFrame) -> list[tuple]:
    return [_row(row) for row in frame.collect()]


def _row(row: Any) -> tuple:
    return tuple(frozen(errors_equal(v)) for v in row.asDict(recursive=True).values())


def difference(spark: SparkSession, query: Query, expected: Expected) -> Difference | None:
    """Ask, and say what is other than expected; none where all is well."""
    try:
        found = ask(spark, query)
    except Exception as failed:  # whatever it is, its words are told
        return failure(failed, expected)
    if expected.must_fail:
        return Difference("answers where it must fail", show(found[0]), "InputException")
    if expected.rows is None:
        return None
    for rows in found:
        wrong = _wrong(query, rows, expected.rows)
        if wrong:
            return Difference(wrong, show(rows), show(expected.rows))
    return None


def failure(failed: Exception, expected: Expected) -> Difference | None:
    text = f"{type(failed).__name__}: {failed}"
    refused = "InputException" in text
    if refused and expected.may_fail:
        return None
    named = re.findall(r"tfpredict\.\w*Exception", text) or re.findall(
        r"\w+(?:Exception|Error)\b", text
    )
    condition = re.search(r"\[[A-Z_.]+\]", text)
    kind = "fails though no row is bad" if refused else f"fails with {named[-1]}"
    kind += f" {condition[0]}" if condition else ""
    wanted = "InputException" if expected.must_fail else show(expected.rows or [])
    why = re.findall(r"tfpredict\.\w*Exception: [^\n]*", text)[-1:]
    lines = [line for line in text.splitlines() if not line.startswith("\tat ")]
    return Difference(kind, "\n".join([*why, *lines[:5]])[:3000], wanted)


def _wrong(query: Query, rows: list[tuple], expected: list[tuple]) -> str | None:
    if query.way == "counted":
        return None if rows == [(len(expected),)] else "wrong count"
    if query.is_any_limit():
        count = min(len(expected), query.rel.limit)
        extra = Counter(rows) - Counter(expected)
        return None if len(rows) == count and not extra else "wrong rows"
    if len(rows) != len(expected):
        return "wrong number of rows"
    if query.is_ordered():
        return None if rows == expected else "wrong values or order"
    return None if Counter(rows) == Counter(expected) else "wrong values"


def show(rows: list[tuple], most: int = 30) -> str:
    lines = sorted(map(repr, rows[:2000]))
    more = [f"… {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join([*lines[:most], *more]) or "(no rows)"
