"""Random queries, a kind each, over random tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from domain import INT
from expressions import Call, Col, Expr, Lit
from functions import Function
from groups import Win, walk
from relations import Explode, Join, Rel, Scan, Select, With
from subqueries import Exists, In, Single
from tables import Table
from values import Values

PARTIAL = ("sampled", "taken", "tailed")  # ways that give some of the rows
OTHER_WAYS = (
    "asked by two threads",
    "cached",
    "counted",
    "inserted",
    "iterated",
    *PARTIAL,
    "viewed",
    "viewed in another session",
    "written",
)
CHANGING = (
    "asked over versions",
    "cached over versions",
    "iterated over versions",
    "planned before a version",
)


Kinds = dict[str, Callable[["Queries"], Rel]]


@dataclass
class Query:
    kind: str
    rel: Rel
    way: str = "asked"
    conf: dict[str, str] = field(default_factory=dict)

    def sql(self) -> str:
        return self.rel.sql()

    def functions(self) -> list[Function]:
        found = {p.function.name: p.function for p in walk(self.rel) if isinstance(p, Call)}
        return list(found.values())

    def tables(self) -> list[Table]:
        scans = [p.table for p in walk(self.rel) if isinstance(p, Scan)]
        return list({t.name: t for t in scans if isinstance(t, Table)}.values())

    def moves_calls(self) -> bool:
        """Whether Spark may make a call for more rows than reach its place in the query."""
        return any(isinstance(p, (Join, Exists, In, Single, Explode, With)) for p in walk(self.rel))

    def is_ordered(self) -> bool:
        return self.has_order() and self.way == "asked"

    def has_order(self) -> bool:
        return isinstance(self.rel, Select) and bool(self.rel.order)

    def is_plain(self) -> bool:
        """Whether it is one table's rows, with columns that Python can name one by one."""
        rel = self.rel
        if type(rel) is not Select or not isinstance(rel.child, Scan) or not rel.child.is_itself():
            return False
        several = any(isinstance(p, (Win, Exists, In, Single)) for p in walk(rel))
        return not (several or rel.distinct or rel.order or rel.limit is not None or rel.offset)

    def is_stateless(self) -> bool:
        """Whether a stream can ask it and append each row's answer as it comes."""
        plain = all(
            isinstance(p, Scan) or (isinstance(p, Select) and not (p.distinct or p.order))
            for p in walk(self.rel)
            if isinstance(p, Rel)
        )
        windows = any(isinstance(p, (Win, Exists, In, Single)) for p in walk(self.rel))
        return plain and not windows and not self.is_any_limit()

    def is_any_limit(self) -> bool:
        rel = self.rel
        return isinstance(rel, Select) and rel.limit is not None and not rel.order


class Queries:
    def __init__(self, rng: Random, tables: list[Table], values: Values, kinds: Kinds) -> None:
        self.rng = rng
        self.kinds = kinds
        self.tables = tables
        self.values = values
        self.used: set[str] = set()
        self.chance = values.chance

    def random(self) -> Query:
        kind = self.rng.choice(sorted(self.kinds))
        rel = self.kinds[kind](self)
        conf = {
            "spark.sql.adaptive.enabled": str(self.chance(0.5)).lower(),
            "spark.sql.autoBroadcastJoinThreshold": "-1" if self.chance(0.4) else "10485760",
            "spark.sql.codegen.wholeStage": str(self.chance(0.85)).lower(),
        }
        way = "asked" if self.chance(0.6) else self.rng.choice(OTHER_WAYS)
        query = Query(kind, rel, way, conf)
        if query.is_any_limit() or (rel.is_copied and query.way in ("written", "inserted")):
            query.way = "asked"
        elif query.is_stateless() and self.chance(0.07):
            query.way = "streamed"
        elif any(f.version == "latest" for f in query.functions()) and self.chance(0.12):
            query.way = self.rng.choice(CHANGING)
        elif query.is_plain() and query.functions() and self.chance(0.2):
            query.way = "by predict"
        return query

    # Parts

    def scan(self, table: Table | None = None) -> Scan:
        table = table or self.rng.choice(self.tables)
        if table.name not in self.used:
            self.used.add(table.name)
            # Other tables have columns of these names, which must be unique in the query.
            if not self.used - {table.name}:
                return Scan(table.cols, table, table.name)
        return self.renamed(table, table.name)

    def renamed(self, source: Table | Rel, name: str) -> Scan:
        return Scan([Col(c.type, self.values.fresh()) for c in source.cols], source, name)

    def source(self) -> Rel:
        """A table, or at times a query over one."""
        scan = self.scan()
        if self.chance(0.65):
            return scan
        keep = [(c.name, c) for c in scan.cols]
        if self.chance(0.6):
            name = self.values.fresh()
            return self.select(
                scan, [*keep, (name, self.values.called(scan.cols))], self.chance(0.3)
            )
        return self.select(scan, keep, True)

    def select(
        self, child: Rel, items: list[tuple[str, Expr]], filtered: bool = False, **more: object
    ) -> Select:
        where = self.values.predicate(child.cols) if filtered else None
        return Select([Col(e.type, name) for name, e in items], child, items, where, **more)

    def items(self, scope: list[Col]) -> list[tuple[str, Expr]]:
        found: list[tuple[str, Expr]] = [(c.name, c) for c in scope[:1]]
        if self.chance(0.5) and len(scope) > 1:
            column = self.rng.choice(scope[1:])
            found.append((column.name, column))
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            whole = self.chance(0.3)
            e = self.values.call(scope) if whole else self.values.any_scalar(scope)
            found.append((self.values.fresh(), e))
        if self.chance(0.2):
            found.append((self.values.fresh(), found[-1][1]))
        return found

    def ids(self, rel: Rel) -> list[Col]:
        """The columns that tell a row from all others."""
        return [c for c in rel.cols if c.type == INT]

    def sortable(self, scope: list[Col]) -> Expr:
        while isinstance(found := self.values.any_scalar(scope, 0), Lit):
            pass  # a number would be a column's place
        return found

    def aggregable(self, name: str, scope: list[Col]) -> Expr | None:
        if name == "count" and self.chance(0.3):
            return None
        for _ in range(20):
            found = self.values.called(scope, 1) if self.chance(0.8) else self.rng.choice(scope)
            number = found.type.is_number
            if (name in ("sum", "avg") and number) or (
                name not in ("sum", "avg") and found.type.is_scalar
            ):
                return found
        return scope[0]
