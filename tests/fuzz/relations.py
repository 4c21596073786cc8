"""Relations of a query: each prints itself as SQL, and has rows by plain loops.

Column names are unique in a whole query, so that a column needs no qualifier and a subquery may
name one of the query around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain import Type, frozen
from expressions import Col, Expr, Row
from functions import Bad, Reference
from tables import Table

# `groups` puts in how windows are computed.
frames: Callable[[list[Expr], list[Row], Reference, Row], None] = print

# A key of a row whose presence hangs on a value that cannot be had.
MAYBE = "?"


class Undecided(Exception):
    """Whether the query must fail depends on what Spark evaluates first."""


@dataclass
class Rel:
    cols: list[Col]
    is_copied = False  # parts of it, where it is part of a command

    def sql(self) -> str:
        raise NotImplementedError

    def source(self) -> str:
        """As it stands behind FROM."""
        return f"({self.sql()})"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        raise NotImplementedError

    def certain(self, ref: Reference, outer: Row) -> list[Row]:
        rows = self.rows(ref, outer)
        if any(MAYBE in row for row in rows):
            raise Undecided
        return rows


@dataclass
class Scan(Rel):
    """A table, or a view or a CTE; its columns under other names where `cols` has others."""

    table: Table | Rel
    name: str

    def _names(self) -> list[tuple[str, str]]:
        return list(
            zip([c.name for c in self.table.cols], [c.name for c in self.cols], strict=True)
        )

    def is_itself(self) -> bool:
        """Whether it is a table, with its own names."""
        return isinstance(self.table, Table) and all(old == new for old, new in self._names())

    def sql(self) -> str:
        items = (old if old == new else f"{old} AS {new}" for old, new in self._names())
        return f"SELECT {', '.join(items)} FROM {self.name}"

    def source(self) -> str:
        return self.name if all(old == new for old, new in self._names()) else f"({self.sql()})"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        found = self.table.rows(ref, outer)
        return [_renamed(row, self._names()) for row in found]


def _renamed(row: Row, names: list[tuple[str, str]]) -> Row:
    found = {new: row[old] for old, new in names}
    return {**found, MAYBE: True} if MAYBE in row else found


@dataclass
class Select(Rel):
    child: Rel
    items: list[tuple[str, Expr]]
    where: Expr | None = None
    distinct: bool = False
    order: list[tuple[Expr, bool]] = None  # each with whether it descends
    limit: int | None = None
    offset: int | None = None

    def sql(self) -> str:
        items = ", ".join(
            name if isinstance(e, Col) and e.name == name else f"{e.sql()} AS {name}"
            for name, e in self.items
        )
        text = f"SELECT {'DISTINCT ' if self.distinct else ''}{items} FROM {self.child.source()}"
        if self.where:
            text += f" WHERE {self.where.sql()}"
        if self.order:
            keys = (f"{e.sql()}{' DESC' if down else ''}" for e, down in self.order)
            text += f" ORDER BY {', '.join(keys)}"
        if self.limit is not None:
            text += f" LIMIT {self.limit}"
        return text + (f" OFFSET {self.offset}" if self.offset else "")

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        rows = []
        for row in self.child.rows(ref, outer):
            met = self.where.value({**outer, **row}, ref) if self.where else True
            if isinstance(met, Bad):
                row = {**row, MAYBE: True}
            if met:
                rows.append(row)
        frames([e for _, e in self.items], rows, ref, outer)
        found = []
        for row in rows:
            around = {**outer, **row}
            made = {name: e.value(around, ref) for name, e in self.items}
            if MAYBE in row:
                made[MAYBE] = True
            keys = [e.value({**around, **made}, ref) for e, _ in self.order or ()]
            found.append((keys, made))
        if self.distinct:
            found = list({key(made): (keys, made) for keys, made in found}.values())
        if self.order:
            if any(isinstance(k, Bad) for keys, _ in found for k in keys):
                raise Undecided
            for place in reversed(range(len(self.order))):
                found.sort(key=lambda f, n=place: sortable(f[0][n]), reverse=self.order[place][1])
        made = [made for _, made in found]
        if self.order and (self.limit is not None or self.offset):
            if any(MAYBE in row for row in made):
                raise Undecided
            start = self.offset or 0
            end = None if self.limit is None else start + self.limit
            made = made[start:end]
        return made


def key(row: Row) -> Any:
    if any(isinstance(v, Bad) for v in row.values()) or MAYBE in row:
        raise Undecided
    return tuple((name, frozen(v)) for name, v in row.items())


def sortable(value: Any) -> Any:
    return (value is not None, 0 if value is None else value)


@dataclass
class Join(Rel):
    left: Rel
    right: Rel
    kind: str
    on: Expr | None

    def sql(self) -> str:
        return f"SELECT * FROM {self.source()}"

    def source(self) -> str:
        right = f"({self.right.sql()})" if isinstance(self.right, Join) else self.right.source()
        on = f" ON {self.on.sql()}" if self.on else ""
        return f"{self.left.source()} {self.kind} JOIN {right}{on}"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        left, right = self.left.certain(ref, outer), self.right.certain(ref, outer)
        met_left, met_right, pairs = set(), set(), []
        for i, a in enumerate(left):
            for j, b in enumerate(right):
                met = self.on.value({**outer, **a, **b}, ref) if self.on else True
                if isinstance(met, Bad):
                    raise Undecided
                if met:
                    met_left.add(i)
                    met_right.add(j)
                    pairs.append({**a, **b})
        if self.kind == "LEFT SEMI":
            return [a for i, a in enumerate(left) if i in met_left]
        if self.kind == "LEFT ANTI":
            return [a for i, a in enumerate(left) if i not in met_left]
        if self.kind in ("LEFT", "FULL"):
            empty = {c.name: None for c in self.right.cols}
            pairs += [{**a, **empty} for i, a in enumerate(left) if i not in met_left]
        if self.kind in ("RIGHT", "FULL"):
            empty = {c.name: None for c in self.left.cols}
            pairs += [{**empty, **b} for j, b in enumerate(right) if j not in met_right]
        return pairs


@dataclass
class SetOp(Rel):
    """UNION ALL, UNION, INTERSECT or EXCEPT of two relations of the same types."""

    op: str
    left: Rel
    right: Rel

    def sql(self) -> str:
        return f"({self.left.sql()}) {self.op} ({self.right.sql()})"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        names = [(b.name, a.name) for a, b in zip(self.left.cols, self.right.cols, strict=True)]
        left = self.left.rows(ref, outer)
        right = [_renamed(row, names) for row in self.right.rows(ref, outer)]
        if self.op == "UNION ALL":
            return left + right
        a, b = {key(row): row for row in left}, {key(row): row for row in right}
        if self.op == "UNION":
            return list({**b, **a}.values())
        return [row for k, row in a.items() if (k in b) == (self.op == "INTERSECT")]


@dataclass
class Explode(Rel):
    """Each row once for each element of an array, which is its last column."""

    child: Rel
    array: Expr
    name: str
    type: Type

    def sql(self) -> str:
        return f"SELECT * FROM {self.source()}"

    def source(self) -> str:
        view = f"LATERAL VIEW explode({self.array.sql()}) v_{self.name} AS {self.name}"
        return f"{self.child.source()} {view}"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        found = []
        for row in self.child.certain(ref, outer):
            array = self.array.value({**outer, **row}, ref)
            if isinstance(array, Bad):
                raise Undecided
            found += [{**row, self.name: v} for v in array or ()]
        return found


@dataclass
class With(Rel):
    """A common table expression, of which `body` scans the name."""

    name: str
    common: Rel
    body: Rel

    def sql(self) -> str:
        return f"WITH {self.name} AS ({self.common.sql()}) {self.body.sql()}"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        return self.body.rows(ref, outer)
