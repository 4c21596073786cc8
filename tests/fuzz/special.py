"""Query kinds about a call itself: its names, constants, and models that draw at random."""

from __future__ import annotations

from dataclasses import dataclass

from domain import DOUBLE, INT
from expressions import Call, Col, Expr, Row
from functions import Reference
from queries import Queries
from relations import Rel, Scan


@dataclass
class Rows(Rel):
    """Rows of expressions in the query's own text."""

    data: list[list[Expr]]

    def sql(self) -> str:
        return f"SELECT * FROM {self.source()}"

    def source(self) -> str:
        rows = ("(" + ", ".join(e.sql() for e in row) + ")" for row in self.data)
        return f"VALUES {', '.join(rows)} AS v({', '.join(c.name for c in self.cols)})"

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        names = [c.name for c in self.cols]
        return [
            dict(zip(names, [e.value(outer, ref) for e in row], strict=True)) for row in self.data
        ]


def constants(queries: Queries) -> Rel:
    """Calls of constants, where Spark would answer while it plans."""
    values = queries.values
    function = queries.rng.choice(values.functions)
    rows = []
    for _ in range(queries.rng.randint(1, 4)):
        call = values.call([], 1, function)
        call.style = "positional"
        rows.append([values.literal(INT), call])
    cols = [Col(e.type, values.fresh()) for e in rows[0]]
    found = Rows(cols, rows)
    if queries.chance(0.5):
        return queries.select(found, [(c.name, c) for c in cols], queries.chance(0.4))
    return found


def named(queries: Queries) -> Rel:
    """Columns that bear the inputs' names, in any order: each goes to its own input."""
    values, scan = queries.values, queries.scan()
    several = [f for f in values.functions if len(f.model.inputs) > 1]
    function = queries.rng.choice(several or values.functions)
    inputs = function.model.inputs
    items: list[tuple[str, Expr]] = [(scan.cols[0].name, scan.cols[0])]
    arguments = [(i.name, values.argument(i, scan.cols, 0)) for i in inputs]
    child = queries.select(scan, [*items, *arguments], queries.chance(0.2))
    call = Call(function.type, function, child.cols[1:], "shuffled")
    return queries.select(child, [*items, (values.fresh(), call)], queries.chance(0.2))


@dataclass
class Drawn(Rel):
    """A query over a model that draws at random, which has no rows if each row has one answer.

    Spark 3.5 itself evaluates a nondeterministic function of a CTE twice where the query is part of
    `CREATE TABLE … AS`, and, under adaptive execution, where it reads a cached table: `reflect` of
    `Math.random` shows both. Such queries are not asked; those without a CTE are.
    """

    call: Call
    scan: Scan
    template: str

    @property
    def is_copied(self) -> bool:
        return self.template.startswith("WITH")

    def sql(self) -> str:
        id_, k = (c.name for c in self.scan.cols[:2])
        names = {"id": id_, "k": k, "f": self.call.sql(), "g": self.call.function.name}
        return self.template.format(t=self.scan.source(), **names)

    def rows(self, ref: Reference, outer: Row) -> list[Row]:
        return []


DRAWS = (
    "WITH c AS (SELECT {id} AS i, {f} AS y FROM {t}) "
    "SELECT a.y, b.y AS z FROM c a JOIN c b ON a.i = b.i WHERE a.y <> b.y",
    "WITH c AS (SELECT {id} AS i, {f} AS y FROM {t}), d AS (SELECT i, y FROM c WHERE y < 0.5D) "
    "SELECT d.y, c.y AS z FROM c JOIN d ON c.i = d.i WHERE c.y >= 0.5D",
    "SELECT y, z FROM (SELECT y, y + 1 AS z FROM (SELECT {f} AS y FROM {t}) WHERE y < 0.5D) "
    "WHERE y >= 0.5D OR z <> y + 1",
    "SELECT y, 0D AS z FROM (SELECT {k} AS j, {f} AS y FROM {t}) AS s WHERE y < 0.5D AND "
    "EXISTS (SELECT 1 FROM VALUES (1), (2), (3) AS v(q) WHERE v.q = s.j) AND y >= 0.5D",
    "SELECT y, z FROM (SELECT y, max(y) OVER () AS z FROM (SELECT {f} AS y FROM {t})) WHERE y > z",
    "WITH c AS (SELECT {id} AS i, transform(array(1D, 2D), e -> {g}(e)) AS y FROM {t}) "
    "SELECT a.y[0] AS y, b.y[0] AS z FROM c a JOIN c b ON a.i = b.i WHERE a.y <> b.y",
)


def drawn(queries: Queries) -> Rel:
    template = queries.rng.choice(DRAWS)
    computed_once = [t for t in queries.tables if t.form != "cached"]
    with_cte = template.startswith("WITH")
    scan = queries.scan(queries.rng.choice(computed_once if with_cte else queries.tables))
    function = queries.values.drawing
    call = Call(function.type, function, [queries.values.scalar(DOUBLE, scan.cols, 0)])
    cols = [Col(DOUBLE, "y"), Col(DOUBLE, "z")]
    return Drawn(cols, call, scan, template)
