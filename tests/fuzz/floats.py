"""A query kind over NaN, infinities and zeros: how they pass through a model, and compare after it.

Spark holds NaN equal to itself and above all others, and both zeros equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from domain import DOUBLE, INT, STRING
from expressions import Call, Col, Row
from functions import Reference
from queries import Queries
from relations import Rel

NUMBERS = (math.nan, math.inf, -math.inf, -0.0, 0.0, 0.5, 1.0, -2.5, None)
Rows = list[tuple[int, float | None]]


def text(number: float | None) -> str | None:
    """Return a number as Spark casts it to a string."""
    if number is None:
        return None
    if math.isnan(number):
        return "NaN"
    return repr(number).replace("inf", "Infinity")


def ranked(number: float) -> tuple[bool, float]:
    return (math.isnan(number), 0.0 if math.isnan(number) else number)


def _all(rows: Rows) -> list[tuple]:
    return [(i, text(y)) for i, y in rows]


def _above(rows: Rows) -> list[tuple]:
    return [(i, text(y)) for i, y in rows if y is not None and ranked(y) > ranked(0.5)]


def _highest(rows: Rows) -> list[tuple]:
    found = [y for _, y in rows if y is not None]
    # Adding 0 makes one of both zeros.
    return [(len(found), text(max(found, key=ranked) + 0.0 if found else None))]


def _distinct(rows: Rows) -> list[tuple]:
    found = {ranked(y) for _, y in rows if y is not None}
    return [(len(found), None)]


def _first(rows: Rows) -> list[tuple]:
    order = sorted(rows, key=lambda row: (row[1] is not None, ranked(row[1] or 0.0), row[0]))
    return [(i, text(y)) for i, y in order[:3]]


def _twice(rows: Rows) -> list[tuple]:
    return [
        (a, text(y))
        for a, x in rows
        for _, y in rows
        if x is not None and y is not None and ranked(x) == ranked(y)
    ]


SHAPES: dict[str, Callable[[Rows], list[tuple]]] = {
    "SELECT i, CAST({f} AS STRING) AS c FROM {t}": _all,
    "SELECT i, transform(array(1D, x), x -> CAST({f} AS STRING))[1] AS c FROM {t}": _all,
    "SELECT i, CAST({f} AS STRING) AS c FROM {t} WHERE {f} > 0.5D": _above,
    "SELECT CAST(count({f}) AS INT) AS i, CAST(max({f}) + 0D AS STRING) AS c FROM {t}": _highest,
    "SELECT CAST(count(DISTINCT {f}) AS INT) AS i, CAST(NULL AS STRING) AS c FROM {t}": _distinct,
    "SELECT i, CAST({f} AS STRING) AS c FROM {t} ORDER BY {f}, i LIMIT 3": _first,
    "SELECT a.i, CAST(b.y AS STRING) AS c FROM (SELECT i, {f} AS y FROM {t}) a "
    "JOIN (SELECT {f} AS y FROM {t}) b ON a.y = b.y": _twice,
}


@dataclass
class Floats(Rel):
    """Rows of a number and a model's answer for it, which is the number."""

    call: Call
    data: list[float | None]
    shape: str

    def sql(self) -> str:
        numbers = (f"({i}, CAST({self._literal(x)} AS DOUBLE))" for i, x in enumerate(self.data))
        source = f"VALUES {', '.join(numbers)} AS v(i, x)"
        return self.shape.format(f=self.call.sql(), t=source)

    @staticmethod
    def _literal(number: float | None) -> str:
        return "NULL" if number is None else f"'{text(number)}'"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        answers = [(i, self.call.value({**outer, "x": x}, ref)) for i, x in enumerate(self.data)]
        names = [c.name for c in self.cols]
        return [dict(zip(names, row, strict=True)) for row in SHAPES[self.shape](answers)]


def floats(queries: Queries) -> Rel:
    rng, function = queries.rng, queries.values.keeping
    data = [rng.choice(NUMBERS) for _ in range(rng.randint(1, 9))]
    call = Call(function.type, function, [Col(DOUBLE, "x")])
    return Floats([Col(INT, "i"), Col(STRING, "c")], call, data, rng.choice(tuple(SHAPES)))
