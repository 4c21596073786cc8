"""Query kinds that call models for the elements of arrays."""

from __future__ import annotations

from domain import BOOLEAN, DOUBLE, Type
from expressions import Col, Expr, Op
from lambdas import Fold, Lambda, Zip
from queries import Queries
from relations import Rel, Select

NAMES = ("transform", "transform", "filter", "exists", "forall")


def lambdas(queries: Queries) -> Rel:
    """One array at a time, and its elements."""
    return _select(queries, lambda scope: _lambda(queries, scope, scope))


def nested(queries: Queries) -> Rel:
    """Lambdas in lambdas, of arrays in arrays and of two columns; two arrays; sums of steps."""
    makers = (_inner, _across, _zip, _fold)
    return _select(queries, lambda scope: queries.rng.choice(makers)(queries, scope))


def _select(queries: Queries, made: object) -> Rel:
    child = queries.source()
    items: list[tuple[str, Expr]] = [(c.name, c) for c in child.cols[:1]]
    for _ in range(2):
        found = made(child.cols)
        if found:
            items.append((queries.values.fresh(), found))
    where = made(child.cols) if queries.chance(0.3) else None
    if where is not None and where.type != BOOLEAN:
        where = None
    return Select([Col(e.type, n) for n, e in items], child, items, where)


def _array(queries: Queries, scope: list[Col], depth: int = 1) -> Col | None:
    arrays = [c for c in scope if len(c.type.shape) == depth]
    return queries.rng.choice(arrays) if arrays else None


def _body(queries: Queries, variables: list[Col], around: list[Col]) -> Expr:
    """Return what a model gives for these variables, and at times for the row's other values."""
    scalars = [c for c in around if c.type.is_scalar]
    scope = variables if queries.chance(0.6) else [*variables, *scalars]
    return queries.values.called(scope, 0)


def _lambda(queries: Queries, scope: list[Col], around: list[Col]) -> Expr | None:
    array = _array(queries, scope)
    if not array:
        return None
    variable = Col(array.type.element(), queries.values.fresh("e"))
    name = queries.rng.choice(NAMES)
    if name == "transform":
        body = _body(queries, [variable], around)
        return Lambda(Type(body.type.base, (None,)), name, array, variable.name, body)
    inner = [variable, *[c for c in around if c.type.is_scalar]]
    body = queries.values.predicate([variable] if queries.chance(0.6) else inner, 1)
    kind = Type(array.type.base, (None,)) if name == "filter" else BOOLEAN
    return Lambda(kind, name, array, variable.name, body)


def _inner(queries: Queries, scope: list[Col]) -> Expr | None:
    """An array's arrays, each with a lambda of its own."""
    array = _array(queries, scope, 2)
    if not array:
        return _lambda(queries, scope, scope)
    variable = Col(array.type.element(), queries.values.fresh("e"))
    body = _lambda(queries, [variable], scope)
    tests = NAMES[2:] if body.type == BOOLEAN else ()
    name = queries.rng.choice(("transform", *tests))
    kind = Type(body.type.base, (None, *body.type.shape))
    if name != "transform":
        kind = Type(array.type.base, (None, None)) if name == "filter" else BOOLEAN
    return Lambda(kind, name, array, variable.name, body)


def _across(queries: Queries, scope: list[Col]) -> Expr | None:
    """Two columns: the inner body has the elements of both."""
    first, second = _array(queries, scope), _array(queries, scope)
    if not first or not second:
        return None
    outer = Col(first.type.element(), queries.values.fresh("e"))
    inner = Col(second.type.element(), queries.values.fresh("e"))
    body = _body(queries, [outer, inner], scope)
    found = Lambda(Type(body.type.base, (None,)), "transform", second, inner.name, body)
    return Lambda(Type(body.type.base, (None, None)), "transform", first, outer.name, found)


def _zip(queries: Queries, scope: list[Col]) -> Expr | None:
    arrays = [_array(queries, scope), _array(queries, scope)]
    if None in arrays:
        return None
    variables = [Col(a.type.element(), queries.values.fresh("e")) for a in arrays]
    body = _body(queries, variables, scope)
    return Zip(Type(body.type.base, (None,)), arrays, [v.name for v in variables], body)


def _fold(queries: Queries, scope: list[Col]) -> Expr | None:
    """A sum of what a model gives for each element, and at times for the sum before it too."""
    array = _array(queries, scope)
    if not array:
        return None
    before = Col(DOUBLE, queries.values.fresh("e"))
    element = Col(array.type.element(), queries.values.fresh("e"))
    for _ in range(20):
        variables = [before, element] if queries.chance(0.3) else [element]
        body = _body(queries, variables, scope)
        if body.type.is_number:
            step = Op(DOUBLE, "float", [body])
            return Fold(DOUBLE, array, [before.name, element.name], step)
    return None
