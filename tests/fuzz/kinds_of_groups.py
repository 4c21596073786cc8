"""Query kinds with functions over several rows: windows, and aggregates of all sorts."""

from __future__ import annotations

from conditions import Logic
from domain import BOOLEAN, DOUBLE, INT
from expressions import Col, Expr, Lit, Op
from groups import Agg, Grouped, Key, Win, aggregate_type
from queries import Queries
from relations import Rel, Select


def window(queries: Queries) -> Rel:
    child = queries.source()
    items = [(c.name, c) for c in child.cols[:2]]
    for _ in range(queries.rng.randint(1, 2)):
        items.append((queries.values.fresh(), _window(queries, child)))
    if queries.chance(0.5):
        items.append((queries.values.fresh(), queries.values.called(child.cols)))
    inner = queries.select(child, items, queries.chance(0.3))
    if queries.chance(0.4):
        kept = [(c.name, c) for c in inner.cols]
        return queries.select(inner, kept, True)
    return inner


def top(queries: Queries) -> Rel:
    """The first rows of each group, by `row_number`; other calls are for these alone."""
    child = queries.source()
    number = queries.values.fresh()
    order = [(queries.sortable(child.cols), queries.chance(0.5))] if queries.chance(0.5) else []
    order += [(c, queries.chance(0.3)) for c in queries.ids(child)]
    by: list[Expr] = [child.cols[1]] if queries.chance(0.8) else []
    items: list[tuple[str, Expr]] = [(c.name, c) for c in child.cols]
    items.append((number, Win(INT, "row_number", None, by, order)))
    if queries.chance(0.3):
        items.append((queries.values.fresh(), queries.values.called(child.cols)))
    inner = queries.select(child, items, queries.chance(0.2))
    place = next(c for c in inner.cols if c.name == number)
    first: Expr = Op(BOOLEAN, "<", [place, Lit(INT, queries.rng.randint(2, 4))])
    if queries.chance(0.5):
        first = Op(BOOLEAN, "=", [place, Lit(INT, queries.rng.randint(1, 2))])
    where = first
    if queries.chance(0.3):
        where = Logic(BOOLEAN, "AND", [first, queries.values.predicate(inner.cols, 1)])
    shown = queries.items(inner.cols)
    return Select([Col(e.type, n) for n, e in shown], inner, shown, where)


def _window(queries: Queries, child: Rel) -> Expr:
    scope = child.cols
    name = queries.rng.choice(
        (
            "row_number",
            "rank",
            "lag",
            "lead",
            "sum",
            "sum",
            "avg",
            "min",
            "max",
            "count",
            "first_value",
        )
    )
    arg = queries.aggregable(name, scope)
    by = [queries.values.called(scope, 0) if queries.chance(0.3) else scope[1]]
    ordered = name in ("row_number", "rank", "lag", "lead", "first_value") or queries.chance(0.5)
    order: list[tuple[Expr, bool]] = []
    if ordered:
        order = [(queries.sortable(scope), queries.chance(0.5))] if queries.chance(0.5) else []
        order += [(c, queries.chance(0.3)) for c in queries.ids(child)]
    if name in ("row_number", "rank"):
        arg = None
    kind = aggregate_type(name, arg)
    found: Expr = Win(kind, name, arg, by if queries.chance(0.7) else [], order)
    if name in ("avg",) and arg and queries.chance(0.5):
        found = Op(DOUBLE, "-", [Op(DOUBLE, "float", [arg]), found])
    return found


def aggregate(queries: Queries, sets: str = "") -> Rel:
    child = queries.source()
    scope = child.cols
    keys: list[Expr] = []
    for _ in range(queries.rng.choice((1, 2, 2, 3)) if sets else queries.rng.choice((0, 1, 1, 2))):
        keys.append(queries.values.called(scope, 0) if queries.chance(0.5) else scope[1])
    keys = list({k.sql(): k for k in keys}.values())
    items: list[tuple[str, Expr]] = [
        (queries.values.fresh(), Key(k.type, k, n)) for n, k in enumerate(keys)
    ]
    for _ in range(queries.rng.randint(1, 3)):
        items.append((queries.values.fresh(), _aggregate(queries, scope)))
    having = None
    if queries.chance(0.35):
        tested = _aggregate(queries, scope)
        if tested.type.is_scalar:
            op = queries.rng.choice((">=", "<", "<>"))
            having = Op(BOOLEAN, op, [tested, queries.values.literal(tested.type)])
    where = queries.values.predicate(scope) if queries.chance(0.3) else None
    cols = [Col(e.type, name) for name, e in items]
    return Grouped(cols, child, where, keys, items, having, sets)


def _aggregate(queries: Queries, scope: list[Col]) -> Expr:
    name = queries.rng.choice(("count", "sum", "sum", "avg", "min", "max", "collect_list"))
    arg = queries.aggregable(name, scope)
    where = queries.values.predicate(scope, 1) if queries.chance(0.15) else None
    if name == "collect_list" and arg and arg.type.base == "BOOLEAN":
        name = "bool_or"
    distinct = arg is not None and name in ("count", "sum") and queries.chance(0.25)
    return Agg(aggregate_type(name, arg), name, arg, distinct, where)


def grouping(queries: Queries) -> Rel:
    return aggregate(queries, queries.rng.choice(("CUBE", "ROLLUP")))
