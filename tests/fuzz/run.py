"""Asks random queries over random models, and holds each answer against TensorFlow's.

``python tests/fuzz/run.py --queries 5000 --seed 1`` asks so many. A difference is made small and
printed; ``--seed 1 --only 3.17`` asks query 17 of block 3 again, and ``--only 3`` all of the block.
It fails where there is one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

# Before TensorFlow is imported: this is about its answers, not its log.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import asking
import changing
import queries
import report
import streams
from asking import Difference, Expected
from kinds import KINDS
from models import Answers
from pyspark.sql import SparkSession
from queries import Queries, Query
from shrinking import Shrinker
from values import Values
from world import Made, World

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from class_archive import SHORT_LIFE

# Ways to ask that change versions as they go.
CHANGING = {"streamed": streams, **dict.fromkeys(queries.CHANGING, changing)}
BLOCK = 40  # queries that share tables and functions
SHRUNK = 12  # differences are told small, all others as they are
CHANGE = 0.04  # of a version, before a query


def session(folder: Path) -> SparkSession:
    import tfpredict

    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.memory": "2g",
        "spark.tfpredict.memory.models": "60",
        "spark.log.level": "OFF",
        "spark.driver.extraJavaOptions": SHORT_LIFE,
        # Spark 4's default. The reference computes Spark's own operators as they are without it.
        "spark.sql.ansi.enabled": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("fuzz")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return tfpredict.configure(builder).getOrCreate()


class Run:
    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.spark = session(folder)
        self.made = Made(folder, options.seed)
        self.answers = Answers()
        self.tally = report.Tally()
        self.events = 0
        self.until = time.monotonic() + options.minutes * 60

    def all(self) -> None:
        block, only = 0, self.options.only
        if only:
            block, *index = map(int, only.split("."))
            self.block(block, *index)
            return
        while not self.is_over():
            self.block(block)
            block += 1

    def is_over(self) -> bool:
        return self.tally.asked >= self.options.queries or time.monotonic() > self.until

    def block(self, block: int, only: int | None = None) -> None:
        world = World(self.spark, self.made, self.answers, self.options.seed, block)
        for index in range(BLOCK):
            if self.is_over():
                break
            rng = Random(f"{self.options.seed}/{block}/{index}")
            if rng.random() < CHANGE:
                world.change(rng)
            values = Values(rng, world.functions, world.drawing, world.keeping)
            query = Queries(rng, world.tables, values, KINDS).random()
            if only is None or only == index:
                self.ask(world, f"{block}.{index}", query)
            elif query.way in CHANGING:
                CHANGING[query.way].pass_over(world, query)
            if only == index:
                break
        self.events += len(world.events)
        world.close()

    def ask(self, world: World, place: str, query: Query) -> None:
        for function in query.functions():
            world.prime(function)
        expected: Expected | None = None
        if query.way in CHANGING:
            found = CHANGING[query.way].difference(world, query)
        else:
            expected = asking.expect(query, world.reference)
            found = asking.difference(self.spark, query, expected, world.reference)
        self.tally.add(query, expected, found is not None)
        if found:
            self.tell(world, place, query, found)

    def tell(self, world: World, place: str, query: Query, found: Difference) -> None:
        print(f"{place}: {query.kind}, {query.way}: {found.kind}\n{query.sql()}", flush=True)
        whole = [(t, dict(vars(t))) for t in query.tables()]
        try:
            if query.way not in CHANGING and self.tally.wrong <= SHRUNK:

                def check(smaller: Query) -> Difference | None:
                    expected = asking.expect(smaller, world.reference)
                    return asking.difference(self.spark, smaller, expected, world.reference)

                shrinker = Shrinker(check, lambda t: t.make(self.spark), self.options.shrink)
                query, found = shrinker.shrink(query, found)
            print(report.told(world, place, query, found), flush=True)
        finally:
            for table, before in whole:
                vars(table).update(before)
                table.make(self.spark)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="BLOCK[.INDEX]")
    parser.add_argument("--minutes", type=float, default=60, help="at most")
    parser.add_argument("--shrink", type=float, default=30, help="seconds for a difference")
    parser.add_argument("--document", type=Path, help="the page to write")
    options = parser.parse_args()
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    run = None
    try:
        run = Run(options, folder)
        run.all()
    except Exception:
        traceback.print_exc()
        raise SystemExit("the fuzzer itself failed") from None
    finally:
        if run:
            run.spark.stop()
        shutil.rmtree(folder, ignore_errors=True)
    tally, seconds = run.tally, time.monotonic() - started
    print("\n".join(tally.table()))
    print(f"{tally.asked} queries in {seconds:.0f} seconds, {tally.wrong} differences")
    if options.document:
        page = report.page(tally, options.seed, seconds, run.answers.asked, run.events)
        options.document.write_text(page)
    if tally.wrong or (not options.only and tally.asked < options.queries):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
