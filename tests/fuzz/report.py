"""What a run tells: each difference so that it can be brought about again, and the counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from asking import Difference, Expected
from queries import Query
from world import World


@dataclass
class Tally:
    """What was asked, by kind of query, by how, and by what of models was in it."""

    kinds: dict[str, Counter] = field(default_factory=dict)
    covered: Counter = field(default_factory=Counter)
    asked: int = 0
    wrong: int = 0

    def add(self, query: Query, expected: Expected | None, is_wrong: bool) -> None:
        self.asked += 1
        self.wrong += is_wrong
        counts = self.kinds.setdefault(query.kind, Counter())
        counts["queries"] += 1
        counts["differences"] += is_wrong
        if expected is None:
            counts["versions change"] += 1
        elif expected.must_fail:
            counts["must fail"] += 1
        elif expected.rows is None:
            counts["either"] += 1
        else:
            counts["either"] += expected.may_fail
            counts["rows"] += len(expected.rows)
        self.covered["asked: " + query.way] += 1
        for function in query.functions():
            model = function.model
            told = [
                f'`on_error="{function.on_error}"`',
                f"version: {function.version or 'default'}",
            ]
            told += [f"inputs: {len(model.inputs)}", f"outputs: {len(model.outputs)}"]
            told.append(f"batch of the signature: {model.batch or 'open'}")
            for tensor in {(t.base, None in t.shape, len(t.shape)) for t in model.inputs}:
                told.append(f"an input of {tensor[0]}")
                told.append(
                    "an open shape" if tensor[1] else f"a fixed shape, {tensor[2]} inner dimensions"
                )
            self.covered.update(set(told))

    def table(self) -> list[str]:
        names = ("queries", "versions change", "rows", "must fail", "either", "differences")
        lines = ["| kind | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
        total: Counter = Counter()
        for kind, counts in sorted(self.kinds.items()):
            total.update(counts)
            lines.append(f"| {kind} | " + " | ".join(str(counts[n]) for n in names) + " |")
        return [*lines, "| all | " + " | ".join(str(total[n]) for n in names) + " |"]

    def coverage(self) -> list[str]:
        lines = ["| queries with | |", "|---|---|"]
        return lines + [f"| {name} | {count} |" for name, count in sorted(self.covered.items())]


def told(world: World, place: str, query: Query, found: Difference) -> str:
    """Return all that brings a difference about: query, settings, functions, models and rows."""
    models = {f.model.name: f.model for f in query.functions()}
    serving = world.reference.serving
    return "\n".join(
        [
            f"=== {query.kind}, {query.way}: {found.kind} (seed {world.seed}, query {place})",
            query.sql(),
            *[f"-- {key} = {value}" for key, value in query.conf.items()],
            *[f"-- {f.describe()}; now version {serving[f.name]}" for f in query.functions()],
            *[model.describe() for model in models.values()],
            *[f"-- before: {event}" for event in world.events],
            *[table.describe() for table in query.tables()],
            "--- found",
            found.got,
            "--- expected",
            found.expected,
            f"--- again: make fuzz-sql FUZZ='--seed {world.seed} --only {place}'",
            "",
        ]
    )


PAGE = """# Random queries

Written by `make fuzz-sql`, in {minutes:.0f} minutes, from seed {seed}: {asked:,} random queries
over random models, {wrong:,} of which were answered otherwise than they should be.

Spark answers each query. So does a plain interpreter of its syntax tree, which has the models'
answers from TensorFlow for Python, one row at a time. Values are small integers and halves,
so nothing is compared with a tolerance. NaN, infinities and both zeros have a kind of their own.

*must fail* counts queries that need a rejected row under `on_error="fail"`: they must raise
`InputException`. *either* counts queries that may or may not reach such a row, depending on
Spark's order of evaluation: they may raise it, or give the right answer. *versions change*
counts those where a model gets a new version in between: before a planned query is asked, while
its rows are fetched, between two questions, or between two micro-batches of a stream.

{table}

## Ask again

A difference is made small and printed with its seed and its place, which is its block and its
number there. `make fuzz-sql FUZZ='--seed 1 --only 3.17'` makes the same models, tables and
versions, and asks that query alone. `make fuzz-sql FUZZ='--seed 2'` asks others. `make test` asks
the same 200 each time.

## What is not asked

- Sums and means of numbers that are not exact in their type, and denormal numbers.
- Which rows `TABLESAMPLE`, `take`, `tail` and a `LIMIT` without an order give. Each must be one of
  the right ones, and there must be as many as there should be, but for a sample.
- A model that draws at random, in a CTE that is read twice, in `CREATE TABLE … AS` or over a cached
  table. There Spark itself computes a nondeterministic function twice, if it has no seed that Spark
  knows of: `reflect('java.lang.Math', 'random')` gave two numbers for each of 20 rows in
  `CREATE TABLE … AS`, and over a cached table with adaptive execution. Elsewhere it gave one.
- Clusters, remote folders and faults of machines, which `make faults` is for; and speed.

## What was in them

{rows:,} different rows were put to TensorFlow for Python, and {events:,} times something happened
to a model between two queries: a new version, one with other tensors, a refresh.

{coverage}
"""


def page(tally: Tally, seed: int, seconds: float, rows: int, events: int) -> str:
    return PAGE.format(
        seed=seed,
        minutes=seconds / 60,
        asked=tally.asked,
        wrong=tally.wrong,
        table="\n".join(tally.table()),
        rows=rows,
        events=events,
        coverage="\n".join(tally.coverage()),
    )
