"""Query kinds that are about one table's rows."""

from __future__ import annotations

from expressions import Col, Expr
from queries import Queries
from relations import Explode, Rel


def project(queries: Queries) -> Rel:
    child = queries.source()
    return queries.select(child, queries.items(child.cols))


def filtered(queries: Queries) -> Rel:
    child = queries.source()
    return queries.select(child, queries.items(child.cols), True)


def sort(queries: Queries) -> Rel:
    child = queries.source()
    items = queries.items(child.cols)
    order = [(queries.sortable(child.cols), queries.chance(0.5))] if queries.chance(0.5) else []
    order += [(c, queries.chance(0.5)) for c in queries.ids(child)]
    found = queries.select(child, items, queries.chance(0.3), order=order)
    if queries.chance(0.75):
        found.limit = queries.rng.choice((0, 1, 3, 5, 20))
    if queries.chance(0.3):
        found.offset = queries.rng.choice((1, 2, 7))
    if queries.chance(0.3):
        outer = [
            *[(c.name, c) for c in found.cols[:1]],
            (queries.values.fresh(), queries.values.called(found.cols)),
        ]
        return queries.select(found, outer, queries.chance(0.5))
    return found


def limit(queries: Queries) -> Rel:
    child = queries.source()
    found = queries.select(child, queries.items(child.cols), queries.chance(0.3))
    found.limit = queries.rng.choice((0, 1, 2, 5, 20))
    return found


def distinct(queries: Queries) -> Rel:
    child = queries.source()
    items = [(queries.values.fresh(), queries.values.called(child.cols)) for _ in range(2)]
    return queries.select(child, items, queries.chance(0.3), distinct=True)


def explode(queries: Queries) -> Rel:
    child = queries.scan()
    arrays: list[Expr] = [c for c in child.cols if len(c.type.shape) == 1]
    for _ in range(4):
        call = queries.values.call(child.cols, 0)
        if len(call.type.shape) == 1:
            arrays.append(call)
    if not arrays:
        return project(queries)
    array = queries.rng.choice(arrays)
    column = Col(array.type.element(), queries.values.fresh())
    exploded = Explode([*child.cols, column], child, array, column.name, array.type)
    near = [*child.cols[:2], column]
    items = [(child.cols[0].name, child.cols[0]), (column.name, column)]
    items += [
        (queries.values.fresh(), queries.values.called(near)),
        (queries.values.fresh(), queries.values.called(exploded.cols)),
    ]
    return queries.select(exploded, items, queries.chance(0.3))
