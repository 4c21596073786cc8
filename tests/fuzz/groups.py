"""Aggregates and windows: functions over several rows, in both forms."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import relations
from domain import BIGINT, DOUBLE, FLOATING, INT, Type, frozen
from expressions import Expr, Row
from functions import BAD, Bad, Reference
from relations import Rel, Undecided, key, sortable

GROUP, KEYS, FRAME = "@group", "@keys", "@frame"


def walk(part: Any) -> Iterator[Any]:
    """Yield all expressions and relations of a query, outermost first."""
    if dataclasses.is_dataclass(part) and isinstance(part, (Expr, Rel)):
        yield part
        for each in dataclasses.fields(part):
            yield from walk(getattr(part, each.name))
    elif isinstance(part, (list, tuple)):
        for inner in part:
            yield from walk(inner)


def aggregated(name: str, values: list, distinct: bool = False) -> Any:
    """Return an aggregate function's value over the values of all rows."""
    if any(isinstance(v, Bad) for v in values):
        return BAD
    found = [v for v in values if v is not None]
    if distinct:
        found = list({frozen(v): v for v in found}.values())
    if name == "count":
        return len(found)
    if not found:
        return [] if name == "collect_list" else None
    if name == "avg":
        return float(sum(found)) / len(found)
    if name == "collect_list":
        return sorted(found)
    return {"sum": sum, "min": min, "max": max, "bool_or": any, "bool_and": all}[name](found)


@dataclass
class Agg(Expr):
    """An aggregate function of a group; without an argument it is `count(*)`."""

    name: str
    arg: Expr | None
    distinct: bool = False
    where: Expr | None = None

    def sql(self) -> str:
        inner = self.arg.sql() if self.arg else "*"
        text = f"{self.name}({'DISTINCT ' if self.distinct else ''}{inner})"
        text += f" FILTER (WHERE {self.where.sql()})" if self.where else ""
        return f"sort_array({text})" if self.name == "collect_list" else text

    def value(self, row: Row, ref: Reference) -> Any:
        values = []
        for each in row[GROUP]:
            met = self.where.value(each, ref) if self.where else True
            if isinstance(met, Bad):
                return BAD
            if met:
                values.append(self.arg.value(each, ref) if self.arg else 1)
        return aggregated(self.name, values, self.distinct)


def aggregate_type(name: str, arg: Expr | None) -> Type:
    if name in ("row_number", "rank"):
        return INT
    if name == "count" or arg is None:
        return BIGINT
    if name == "sum":
        return DOUBLE if arg.type.base in FLOATING else BIGINT
    if name == "avg":
        return DOUBLE
    return Type(arg.type.base, (None,)) if name == "collect_list" else arg.type


@dataclass
class Key(Expr):
    """What the query groups by, outside the aggregate functions."""

    expr: Expr
    place: int

    def sql(self) -> str:
        return self.expr.sql()

    def value(self, row: Row, ref: Reference) -> Any:
        return row[KEYS][self.place]


@dataclass
class Grouped(Rel):
    child: Rel
    where: Expr | None
    keys: list[Expr]
    items: list[tuple[str, Expr]]  # of Key and Agg
    having: Expr | None = None
    sets: str = ""  # or CUBE or ROLLUP

    def sql(self) -> str:
        items = ", ".join(f"{e.sql()} AS {name}" for name, e in self.items)
        text = f"SELECT {items} FROM {self.child.source()}"
        text += f" WHERE {self.where.sql()}" if self.where else ""
        keys = ", ".join(e.sql() for e in self.keys)
        if keys:
            text += f" GROUP BY {f'{self.sets}({keys})' if self.sets else keys}"
        return text + (f" HAVING {self.having.sql()}" if self.having else "")

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        kept = []
        for row in self.child.certain(ref, outer):
            around = {**outer, **row}
            met = self.where.value(around, ref) if self.where else True
            if isinstance(met, Bad):
                raise Undecided
            if met:
                keys = [e.value(around, ref) for e in self.keys]
                if any(isinstance(k, Bad) for k in keys):
                    raise Undecided
                kept.append((keys, around))
        count = len(self.keys)
        chosen = [(True,) * count]
        if self.sets == "ROLLUP":
            chosen = [(True,) * n + (False,) * (count - n) for n in range(count + 1)]
        elif self.sets == "CUBE":
            chosen = [tuple(bool(n >> i & 1) for i in range(count)) for n in range(2**count)]
        found = []
        for kept_keys in chosen:
            groups: dict[Any, tuple[list, list]] = {}
            for keys, row in kept:
                shown = [k if kept else None for k, kept in zip(keys, kept_keys, strict=True)]
                groups.setdefault(tuple(map(frozen, shown)), (shown, []))[1].append(row)
            if not self.keys and not groups:
                groups[()] = ([], [])
            for keys, rows in groups.values():
                around = {**outer, KEYS: keys, GROUP: rows}
                met = self.having.value(around, ref) if self.having else True
                if isinstance(met, Bad):
                    raise Undecided
                made = {name: e.value(around, ref) for name, e in self.items}
                # Spark computes a group's aggregates before it looks at HAVING.
                if not met and any(isinstance(value, Bad) for value in made.values()):
                    raise Undecided
                if met:
                    found.append(made)
        return found


@dataclass
class Win(Expr):
    """A window function: over the whole partition, or, where there is an order, up to the row."""

    name: str
    arg: Expr | None
    partition: list[Expr]
    order: list[tuple[Expr, bool]]  # total, or none

    def sql(self) -> str:
        over = []
        if self.partition:
            over.append("PARTITION BY " + ", ".join(e.sql() for e in self.partition))
        if self.order:
            keys = (f"{e.sql()}{' DESC' if down else ''}" for e, down in self.order)
            over.append("ORDER BY " + ", ".join(keys))
        inner = self.arg.sql() if self.arg else "*" if self.name == "count" else ""
        return f"{self.name}({inner}) OVER ({' '.join(over)})"

    def value(self, row: Row, ref: Reference) -> Any:
        return row[FRAME][id(self)]

    def compute(self, rows: list[Row], ref: Reference, outer: Row) -> None:
        parts: dict[Any, list[Row]] = {}
        for row in rows:
            parts.setdefault(
                key({str(n): e.value({**outer, **row}, ref) for n, e in enumerate(self.partition)}),
                [],
            ).append(row)
        for part in parts.values():
            for expr, down in reversed(self.order):
                values = {id(row): expr.value({**outer, **row}, ref) for row in part}
                if any(isinstance(v, Bad) for v in values.values()):
                    raise Undecided
                part.sort(key=lambda row, v=values: sortable(v[id(row)]), reverse=down)
            arg = self.arg
            values = [arg.value({**outer, **row}, ref) if arg else 1 for row in part]
            for place, row in enumerate(part):
                row[FRAME][id(self)] = self._at(place, values)

    def _at(self, place: int, values: list) -> Any:
        if self.name in ("row_number", "rank"):
            return place + 1
        if self.name in ("lag", "lead"):
            other = place + (1 if self.name == "lead" else -1)
            return values[other] if 0 <= other < len(values) else None
        if self.name == "first_value":
            return values[0]
        return aggregated(self.name, values[: place + 1] if self.order else values)


def frames(items: list[Expr], rows: list[Row], ref: Reference, outer: Row) -> None:
    windows = [part for part in walk(items) if isinstance(part, Win)]
    if not windows:
        return
    for row in rows:
        if relations.MAYBE in row:
            raise Undecided
        row[FRAME] = {}
    for window in windows:
        window.compute(rows, ref, outer)


relations.frames = frames
