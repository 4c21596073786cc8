"""Asks a query while a model in it gets a new version: what was planned keeps the old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from asking import Difference, Expected, expect, failure, show
from queries import Query
from ways import row_of, rows_of
from world import World


def difference(world: World, query: Query) -> Difference | None:
    """Ask, with a new version in between; say what is other than expected."""
    for key, value in query.conf.items():
        world.spark.conf.set(key, value)
    steps = STEPS[query.way](world, query)
    wanted: Expected | None = None
    try:
        # A step says what it expects before it asks, since asking may fail.
        for when, wanted, ask in steps:
            wrong = _wrong(query, rows := ask(), wanted)
            if wrong:
                expected = "InputException" if wanted.must_fail else show(wanted.rows or [])
                return Difference(f"{wrong}: {when}", show(rows), expected)
    except Exception as failed:  # whatever it is, its words are told
        return failure(failed, wanted or expect(query, world.reference))
    finally:
        steps.close()
    return None


Steps = Iterator[tuple[str, Expected, Callable[[], list[tuple]]]]


def _asked_over(world: World, query: Query, is_cached: bool = False) -> Steps:
    """The same frame and the same text, before and after."""
    before = expect(query, world.reference)
    frame = world.spark.sql(query.sql())
    if is_cached:
        frame.cache()
    try:
        yield "before", before, lambda: rows_of(frame)
        _publish(world, query)
        after = expect(query, world.reference)
        yield "the same text, after", after, lambda: rows_of(world.spark.sql(query.sql()))
        yield "the same frame, after", before, lambda: rows_of(frame)
    finally:
        frame.unpersist(True)


def _cached_over(world: World, query: Query) -> Steps:
    return _asked_over(world, query, is_cached=True)


def _planned_before(world: World, query: Query) -> Steps:
    """A frame that was not asked yet takes the version that there is when it is."""
    frame = world.spark.sql(query.sql())
    _publish(world, query)
    yield "asked after", expect(query, world.reference), lambda: rows_of(frame)


def _iterated_over(world: World, query: Query) -> Steps:
    """One version answers all of a query, also where another comes while it runs."""

    def rows() -> list[tuple]:
        iterator = world.spark.sql(query.sql()).toLocalIterator()
        first = next(iterator, None)
        _publish(world, query)
        return [row_of(row) for row in ([first] if first else []) + list(iterator)]

    yield "while it ran", expect(query, world.reference), rows


STEPS: dict[str, Callable[[World, Query], Steps]] = {
    "asked over versions": _asked_over,
    "cached over versions": _cached_over,
    "planned before a version": _planned_before,
    "iterated over versions": _iterated_over,
}


def _wrong(query: Query, rows: list[tuple], expected: Expected) -> str | None:
    if expected.must_fail:
        return "answers where it must fail"
    if expected.rows is None or query.is_any_limit():
        return None
    return None if Counter(rows) == Counter(expected.rows) else "wrong values"


def pass_over(world: World, query: Query) -> None:
    """Let happen to versions what asking would have made happen."""
    for function in query.functions():
        world.register(function)
    _publish(world, query)


def _publish(world: World, query: Query) -> None:
    for function in query.functions():
        if function.version == "latest":
            world.publish(function.model)
            return
