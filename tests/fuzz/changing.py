"""Asks a query while a model in it gets a new version: what was planned keeps the old one."""

from __future__ import annotations

from collections import Counter

from asking import Difference, Expected, expect, failure, rows_of, show
from queries import Query
from world import World


def difference(world: World, query: Query) -> Difference | None:
    """Ask before and after, the same frame and the same text; say what is other than expected."""
    spark = world.spark
    for key, value in query.conf.items():
        spark.conf.set(key, value)
    before = expect(query, world.reference)
    asked = before
    frame = None
    try:
        frame = spark.sql(query.sql())
        if query.way == "cached over versions":
            frame.cache()
        found = [("before", rows_of(frame), before)]
        _publish(world, query)
        asked = expect(query, world.reference)
        found.append(("the same text, after", rows_of(spark.sql(query.sql())), asked))
        asked = before
        found.append(("the same frame, after", rows_of(frame), before))
    except Exception as failed:  # whatever it is, its words are told
        return failure(failed, asked)
    finally:
        if frame is not None:
            frame.unpersist(True)
    for when, rows, expected in found:
        wrong = _wrong(query, rows, expected)
        if wrong:
            wanted = "InputException" if expected.must_fail else show(expected.rows or [])
            return Difference(f"{wrong}: {when}", show(rows), wanted)
    return None


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
