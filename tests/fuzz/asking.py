"""Holds what Spark answers to a query against what the reference does."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain import frozen
from functions import Bad, Reference
from queries import PARTIAL, Query
from relations import MAYBE, Undecided
from ways import SOME, ask

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


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
    if query.way in ("counted", *PARTIAL) or query.is_any_limit():
        must = False  # the rows that are bad may be others than are wanted
    shown = [tuple(frozen(r[n]) for n in names) for r in rows]
    return Expected(None if must else shown, must, may or must)


def difference(
    spark: SparkSession, query: Query, expected: Expected, reference: Reference
) -> Difference | None:
    """Ask, and say what is other than expected; none where all is well."""
    try:
        found = ask(spark, query, reference)
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
    if query.way in PARTIAL:
        return _wrong_part(query, rows, expected)
    if len(rows) != len(expected):
        return "wrong number of rows"
    if query.is_ordered():
        return None if rows == expected else "wrong values or order"
    return None if Counter(rows) == Counter(expected) else "wrong values"


def _wrong_part(query: Query, rows: list[tuple], expected: list[tuple]) -> str | None:
    if Counter(rows) - Counter(expected):
        return "wrong rows"
    if query.way == "sampled":
        return None
    if len(rows) != min(len(expected), SOME):
        return "wrong number of rows"
    end = expected[:SOME] if query.way == "taken" else expected[-SOME:]
    return "wrong order" if query.has_order() and rows != end else None


def show(rows: list[tuple], most: int = 30) -> str:
    lines = sorted(map(repr, rows[:2000]))
    more = [f"… {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join([*lines[:most], *more]) or "(no rows)"
