"""Makes a query that is answered otherwise, and its tables, as small as the difference allows."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from asking import Difference
from conditions import Case, Logic
from domain import value
from expressions import Col, Expr, Lit
from groups import Agg, Grouped, Key, walk
from queries import Query
from relations import Explode, Join, Rel, Scan, Select, SetOp, With
from tables import Table

Check = Callable[[Query], "Difference | None"]


class Shrinker:
    """`check` asks a query; `remake` makes a table again after its rows have changed."""

    def __init__(self, check: Check, remake: Callable[[Table], None], seconds: float = 30) -> None:
        self.check = check
        self.remake = remake
        self.until = time.monotonic() + seconds

    def shrink(self, query: Query, found: Difference) -> tuple[Query, Difference]:
        """Return a smaller query, and its difference, which is of the same kind."""
        for table in query.tables():
            found = self._rows(query, table, found)
        while time.monotonic() < self.until:
            for smaller in candidates(query):
                if time.monotonic() > self.until:
                    break
                same = self._same(smaller, found)
                if same:
                    query, found = smaller, same
                    break
            else:
                break
        for table in query.tables():
            found = self._rows(query, table, found)
        return self._narrow(query, found)

    def _narrow(self, query: Query, found: Difference) -> tuple[Query, Difference]:
        """Leave out the columns of tables that the query does not name."""
        narrow = copy.deepcopy(query)
        named = {"id", "k", *_named(narrow.rel)}
        scans = [p for p in walk(narrow.rel) if isinstance(p, Scan) and isinstance(p.table, Table)]
        for table in query.tables():
            kept = {"id", "k"}
            for scan in scans:
                if scan.table is table:
                    pairs = zip(table.cols, scan.cols, strict=True)
                    kept |= {old.name for old, new in pairs if new.name in named}
            cols = [c for c in table.cols if c.name in kept]
            data = [{name: row[name] for name in kept} for row in table.data]
            smaller = dataclasses.replace(table, cols=cols, data=data)
            self.remake(smaller)
            for scan in scans:
                if scan.table is table:
                    pairs = list(zip(table.cols, scan.cols, strict=True))
                    scan.table = smaller
                    scan.cols = [new for old, new in pairs if old.name in kept]
        for rel in [p for p in walk(narrow.rel) if isinstance(p, Rel)][::-1]:
            settle(rel)
        same = self._same(narrow, found)
        if same:
            return narrow, same
        for table in query.tables():
            self.remake(table)
        return query, found

    def _same(self, query: Query, found: Difference) -> Difference | None:
        try:
            other = self.check(query)
        except Exception:  # a candidate that is no query at all
            return None
        return other if other and other.kind == found.kind else None

    def _rows(self, query: Query, table: Table, found: Difference) -> Difference:
        for change in ({"form": "values"}, {"form": "spread", "parts": 1}):
            if table.form != "values":
                found = self._table(query, table, found, **change) or found
        size = max(len(table.data) // 2, 1)
        while size and time.monotonic() < self.until:
            start = 0
            while start < len(table.data) and time.monotonic() < self.until:
                rest = table.data[:start] + table.data[start + size :]
                same = self._table(query, table, found, data=rest)
                found, start = (same, start) if same else (found, start + size)
            size //= 2
        return found

    def _table(
        self, query: Query, table: Table, found: Difference, **change: Any
    ) -> Difference | None:
        before = {key: getattr(table, key) for key in change}
        vars(table).update(change)
        self.remake(table)
        same = self._same(query, found)
        if not same:
            vars(table).update(before)
            self.remake(table)
        return same


def candidates(query: Query) -> Iterator[Query]:
    """Yield queries that are a little smaller, the boldest first."""
    if query.way != "asked":
        yield dataclasses.replace(query, way="asked")
    for change in range(10**6):
        smaller = copy.deepcopy(query)
        steps = _steps(smaller)
        step = next((s for n, s in enumerate(steps) if n == change), None)
        if step is None:
            break
        step()
        for rel in [p for p in walk(smaller.rel) if isinstance(p, Rel)][::-1]:
            settle(rel)
        yield smaller
    for key in query.conf:
        yield dataclasses.replace(query, conf={k: v for k, v in query.conf.items() if k != key})


def settle(rel: Rel) -> None:
    """Give a relation the columns that its parts now have."""

    if isinstance(rel, (Select, Grouped)):
        rel.cols = [Col(e.type, name) for name, e in rel.items]
    elif isinstance(rel, Join):
        one = rel.kind in ("LEFT SEMI", "LEFT ANTI")
        rel.cols = rel.left.cols if one else [*rel.left.cols, *rel.right.cols]
    elif isinstance(rel, SetOp):
        rel.cols = rel.left.cols
    elif isinstance(rel, Explode):
        rel.cols = [*rel.child.cols, Col(rel.array.type.element(), rel.name)]
    elif isinstance(rel, With):
        rel.cols = rel.body.cols


def _named(part: Any) -> Iterator[str]:
    """Yield the columns that expressions name."""
    if isinstance(part, Col):
        yield part.name
    if isinstance(part, (Expr, Rel)):
        for each in dataclasses.fields(part):
            if each.name not in ("cols", "table"):
                yield from _named(getattr(part, each.name))
    elif isinstance(part, (list, tuple)):
        for inner in part:
            yield from _named(inner)


def _steps(query: Query) -> Iterator[Callable[[], None]]:
    yield from _at(query, "rel", query.rel)
    for part in walk(query.rel):
        for each in dataclasses.fields(part):
            if each.name in ("cols", "type", "function", "table", "literal"):
                continue
            held = getattr(part, each.name)
            if isinstance(held, (Expr, Rel)):
                yield from _at(part, each.name, held)
                if each.name in ("where", "having", "otherwise"):
                    yield lambda p=part, n=each.name: setattr(p, n, None)
            elif isinstance(held, list):
                yield from _in_list(part, each.name, held)
            elif each.name in ("limit", "offset", "distinct", "sets") and held:
                empty = {"distinct": False, "sets": ""}.get(each.name)
                yield lambda p=part, n=each.name, e=empty: setattr(p, n, e)


def _at(part: Any, name: str, held: Any) -> Iterator[Callable[[], None]]:
    for smaller in _smaller(held):
        yield lambda s=smaller: setattr(part, name, s)


def _in_list(part: Any, name: str, held: list) -> Iterator[Callable[[], None]]:
    may_lose = len(held) > 1 or name in ("order", "partition", "keys")
    if may_lose and (name != "args" or isinstance(part, Logic)):
        for n in range(len(held)):
            yield lambda n=n: _drop(part, name, n)
    for n, inner in enumerate(held):
        if isinstance(inner, Expr):
            for smaller in _smaller(inner):
                yield lambda n=n, s=smaller: held.__setitem__(n, s)
        elif isinstance(inner, tuple):
            for place, e in enumerate(inner):
                if isinstance(e, Expr):
                    for smaller in _smaller(e):
                        changed = (*inner[:place], smaller, *inner[place + 1 :])
                        yield lambda n=n, c=changed: held.__setitem__(n, c)


def _drop(part: Any, name: str, n: int) -> None:
    del getattr(part, name)[n]
    if isinstance(part, Grouped) and name == "keys":
        part.items = [i for i in part.items if not (isinstance(i[1], Key) and i[1].place == n)]
        for _, e in part.items:
            if isinstance(e, Key) and e.place > n:
                e.place -= 1


def _smaller(held: Expr | Rel) -> Iterator[Expr | Rel]:
    inner = [p for p in walk(held) if p is not held]
    if isinstance(held, Rel):
        yield from [p for p in inner if isinstance(p, Rel)]
        return
    if isinstance(held, (Agg, Key)):
        return  # anything else would not be of the group
    yield from [p for p in inner if isinstance(p, Expr) and p.type == held.type][:8]
    is_detailed = "error" in dict(held.type.fields)  # whose words only calls may have
    if not isinstance(held, Lit) and not is_detailed and (inner or isinstance(held, Case)):
        yield Lit(held.type, value(Random(1), held.type))
