"""Asks a query as a stream: of two files, and of a new version of a model between them."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import contextmanager
from typing import Any

from asking import Difference, Expected, expect, failure, show
from queries import Query
from tables import Table
from ways import rows_of
from world import World

SECONDS = 60


def difference(world: World, query: Query) -> Difference | None:
    """Run the stream; say what is other than expected, which is found out as versions change."""
    spark, table = world.spark, query.tables()[0]
    folder = world.made.folder / "stream"
    shutil.rmtree(folder, ignore_errors=True)
    parts = [[row for row in table.data if row["id"] % 2 == part] for part in (0, 1)]
    for part in (0, 1):
        rows = spark.table(table.name).where(f"id % 2 = {part}").coalesce(1)
        rows.write.mode("append").parquet(str(folder / "source"))
    changing = [f.model for f in query.functions() if f.version == "latest"]
    expected = [_expected(world, query, table, parts[0])]
    got: list[list[tuple]] = []

    def take(batch: Any, number: int) -> None:
        got.append(rows_of(batch))
        if number == 0 and changing:
            world.publish(changing[0])

    failed = None
    schema = spark.table(table.name).schema
    source = spark.readStream.schema(schema).option("maxFilesPerTrigger", 1)
    with _streaming(world, table, source.parquet(str(folder / "source"))):
        running = None
        try:
            writer = spark.sql(query.sql()).writeStream.foreachBatch(take)
            writer = writer.option("checkpointLocation", str(folder / "checkpoint"))
            running = writer.trigger(availableNow=True).start()
            if not running.awaitTermination(SECONDS):
                raise TimeoutError(f"the stream has run for {SECONDS} seconds")
        except Exception as found:  # whatever it is, its words are told
            failed = found
        finally:
            if running is not None:
                running.stop()
    if failed is None or len(got) == 1:
        expected.append(_expected(world, query, table, parts[1]))
    if failed is not None:
        return failure(failed, expected[-1])
    if any(e.must_fail for e in expected):
        return Difference(
            "answers where it must fail",
            show([row for rows in got for row in rows]),
            "InputException",
        )
    for rows, wanted in zip(got, expected, strict=False):
        if wanted.rows is not None and Counter(rows) != Counter(wanted.rows):
            return Difference("wrong values in a stream", show(rows), show(wanted.rows))
    if len(got) != len(expected):
        return Difference("wrong number of micro-batches", str(len(got)), str(len(expected)))
    return None


def _expected(world: World, query: Query, table: Table, rows: list[dict]) -> Expected:
    whole, table.data = table.data, rows
    try:
        return expect(query, world.reference)
    finally:
        table.data = whole


@contextmanager
def _streaming(world: World, table: Table, stream: Any) -> Any:
    stream.createOrReplaceTempView(table.name)
    try:
        yield
    finally:
        table.make(world.spark)


def pass_over(world: World, query: Query) -> None:
    """Let happen to versions what the stream would have made happen."""
    for function in query.functions():
        world.register(function)
    changing = [f.model for f in query.functions() if f.version == "latest"]
    if changing:
        world.publish(changing[0])
