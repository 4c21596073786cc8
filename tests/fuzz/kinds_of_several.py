"""Query kinds over more than one relation."""

from __future__ import annotations

from conditions import Logic
from domain import BOOLEAN, INT, Type
from expressions import Col, Expr, Op
from groups import Agg, Grouped, aggregate_type
from queries import Queries
from relations import Join, Rel, Select, SetOp, With
from subqueries import Exists, In, Single


def join(queries: Queries) -> Rel:
    left, right = queries.source(), queries.source()
    kind = queries.rng.choice(("INNER", "INNER", "LEFT", "RIGHT", "FULL", "LEFT SEMI", "LEFT ANTI"))
    on: list[Expr] = [Op(BOOLEAN, "=", [left.cols[1], right.cols[1]])]
    if queries.chance(0.3):
        on = [Op(BOOLEAN, "=", [left.cols[0], right.cols[0]])]
    both = [*left.cols, *right.cols]
    if queries.chance(0.5):
        scope = queries.rng.choice((left.cols, right.cols, both))
        on.append(queries.values.predicate(scope, 1))
    if queries.chance(0.25):
        kinds = {e.type for e in both if e.type.is_number}
        kind_ = queries.rng.choice(sorted(kinds, key=str))
        a = queries.values.result(kind_, left.cols, 0)
        if a:
            on[0] = Op(BOOLEAN, "=", [a, queries.values.scalar(kind_, right.cols, 0)])
    on_ = on[0] if len(on) == 1 else Logic(BOOLEAN, "AND", on)
    cols = left.cols if "LEFT S" in kind or "ANTI" in kind else both
    joined = Join(cols, left, right, kind, on_)
    items = queries.items(cols)
    if cols is both and items[0][1] is not right.cols[0]:
        items.append((right.cols[0].name, right.cols[0]))
    items = list({name: (name, e) for name, e in items}.values())
    return queries.select(joined, items, queries.chance(0.4))


def union(queries: Queries) -> Rel:
    left = queries.source()
    shown: list[tuple[str, Expr]] = [
        (queries.values.fresh(), queries.values.called(left.cols)) for _ in range(2)
    ]
    if queries.chance(0.5):
        shown.append((queries.values.fresh(), left.cols[0]))
    first = queries.select(left, shown, queries.chance(0.3))
    right = queries.source()
    others = []
    for _, e in shown:
        value = queries.values.result(e.type, right.cols, 0) or queries.values.scalar(
            e.type, right.cols, 0
        )
        others.append((queries.values.fresh(), value))
    second = queries.select(right, others, queries.chance(0.3))
    op = queries.rng.choice(("UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT"))
    both = SetOp(first.cols, op, first, second)
    if queries.chance(0.4):
        return queries.select(both, [(c.name, c) for c in both.cols], True)
    return both


def cte(queries: Queries) -> Rel:
    child = queries.source()
    inner = queries.select(child, queries.items(child.cols), queries.chance(0.3))
    if not queries.chance(0.5):
        inner.items.append((queries.values.fresh(), child.cols[1]))
        inner.cols = [Col(e.type, n) for n, e in inner.items]
    name = queries.values.fresh("common")
    left, right = queries.renamed(inner, name), queries.renamed(inner, name)
    if queries.chance(0.7):
        kind = queries.rng.choice(("INNER", "LEFT", "FULL"))
        on = Op(BOOLEAN, "=", [left.cols[0], right.cols[0]])
        body: Rel = Join([*left.cols, *right.cols], left, right, kind, on)
        if queries.chance(0.5):
            body = queries.select(body, [(c.name, c) for c in body.cols], True)
    else:
        body = SetOp(left.cols, "UNION ALL", left, right)
    return With(body.cols, name, inner, body)


def subquery(queries: Queries) -> Rel:
    child = queries.source()
    inner = queries.source()
    items = [(c.name, c) for c in child.cols[:2]]
    same = Op(BOOLEAN, "=", [inner.cols[1], child.cols[1]])
    where: Expr = same
    if queries.chance(0.6):
        where = Logic(BOOLEAN, "AND", [same, queries.values.predicate(inner.cols, 1)])
    choice = queries.rng.randrange(4)
    # In a select list Spark's IN over a relation is false where it should be null.
    shown = choice != 1 and queries.chance(0.5)
    if choice == 0:
        found: Expr = Exists(BOOLEAN, _inner(queries, inner, where), queries.chance(0.4))
    elif choice == 1:
        kind = queries.rng.choice(("INT", "FLOAT", "BIGINT"))
        value = queries.values.result(Type(kind), inner.cols, 0) or inner.cols[0]
        arg = queries.values.scalar(value.type, child.cols, 1)
        rel = _inner(queries, inner, where if queries.chance(0.3) else None, value)
        found = In(BOOLEAN, arg, rel, queries.chance(0.3))
    else:
        agg = Agg(INT, "max", None)
        while agg.arg is None or not agg.type.is_scalar:
            name = queries.rng.choice(("max", "min", "sum"))
            arg_ = queries.aggregable(name, inner.cols)
            agg = Agg(aggregate_type(name, arg_), name, arg_)
        column = queries.values.fresh()
        correlated = where if queries.chance(0.6) else None
        rel = Grouped([Col(agg.type, column)], inner, correlated, [], [(column, agg)])
        found = Single(agg.type, rel)
        if queries.chance(0.5):
            value = queries.values.result(agg.type, child.cols, 0) or queries.values.literal(
                agg.type
            )
            found = Op(BOOLEAN, queries.rng.choice((">=", "<")), [value, found])
    if shown or found.type != BOOLEAN:
        items.append((queries.values.fresh(), found))
        if queries.chance(0.5):
            items.append((queries.values.fresh(), queries.values.called(child.cols)))
        return queries.select(child, items, queries.chance(0.3))
    items.append((queries.values.fresh(), queries.values.called(child.cols)))
    if queries.chance(0.4):
        found = Logic(BOOLEAN, "AND", [found, queries.values.predicate(child.cols, 1)])
    return Select([Col(e.type, n) for n, e in items], child, items, found)


def _inner(queries: Queries, rel: Rel, where: Expr | None, value: Expr | None = None) -> Select:
    column = queries.values.fresh()
    value = value or rel.cols[0]
    return Select([Col(value.type, column)], rel, [(column, value)], where)
