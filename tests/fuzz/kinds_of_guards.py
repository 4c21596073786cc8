"""Query kinds where a condition keeps away the rows that a model refuses."""

from __future__ import annotations

from conditions import Case, IsNull, Logic
from domain import BOOLEAN, INT
from expressions import Col, Expr, Lit, Op
from lambdas import Lambda
from queries import Queries
from relations import Rel, Select


def guard(queries: Queries) -> Rel:
    """Calls where a condition keeps away the rows that a model refuses."""
    child = queries.scan(
        queries.rng.choice([t for t in queries.tables if t.dirty] or queries.tables)
    )
    call = queries.values.call(child.cols, 0)
    safe = Logic(BOOLEAN, "AND", [fits(queries, a) for a in call.args if isinstance(a, Col)])
    if not safe.args:
        safe = queries.values.predicate(child.cols, 0)
    elif len(safe.args) == 1:
        safe = safe.args[0]
    ids = [(c.name, c) for c in child.cols[:2]]
    test = Op(BOOLEAN, "=", [child.cols[1], Lit(INT, queries.rng.randint(0, 4))])
    value = call
    name = queries.values.fresh()
    condition = _condition(queries, call)
    choice = queries.rng.randrange(6)
    if choice < 2:
        where = Logic(BOOLEAN, "AND", [safe, condition])
        where = Logic(BOOLEAN, "OR", [where, test] if choice else [test, where])
        return Select([Col(e.type, n) for n, e in ids], child, ids, where)
    if choice == 2:
        where = Logic(BOOLEAN, "OR", [Op(BOOLEAN, "not", [safe]), condition])
        return Select([Col(e.type, n) for n, e in ids], child, ids, where)
    if choice == 3:
        value = Logic(BOOLEAN, "AND", [safe, condition])
    elif choice == 4:
        is_if = queries.chance(0.5)
        value = Case(call.type, [(safe, call)], Lit(call.type, None), is_if)
    else:
        items = [*ids, (name, call)]
        return Select([Col(e.type, n) for n, e in items], child, items, safe)
    items = [*ids, (name, value)]
    return Select([Col(e.type, n) for n, e in items], child, items)


def _condition(queries: Queries, call: Expr) -> Expr:
    value = queries.values.single(call)
    return Op(BOOLEAN, ">=", [value, queries.values.literal(value.type)])


def fits(queries: Queries, column: Col) -> Expr:
    kind = column.type
    if kind.shape:
        length = 1 if kind.shape[0] is None else kind.shape[0]
        op = "=" if kind.shape[0] else ">="
        has_length = Op(BOOLEAN, op, [Op(INT, "size", [column]), Lit(INT, length)])
        element = Col(kind.element(), queries.values.fresh("e"))
        every = Lambda(BOOLEAN, "forall", column, element.name, fits(queries, element))
        return Logic(BOOLEAN, "AND", [has_length, every])
    if kind.is_number:
        low = Op(BOOLEAN, ">=", [column, Lit(kind, 0 if kind.base == "SMALLINT" else -9)])
        return Logic(BOOLEAN, "AND", [low, Op(BOOLEAN, "<", [column, Lit(kind, 6)])])
    return IsNull(BOOLEAN, column, True)
