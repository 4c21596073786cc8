"""What is measured at scale: tables, systems in turns, and what grows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A workload's table at scale.

    Attributes
    ----------
    name : str
        The workload's.
    rows : int
        Rows of the table; a query of the fastest system lasts several seconds.
    """

    name: str
    rows: int


TABLES = {
    table.name: table
    for table in (
        Table("linear", 48_000_000),
        Table("mlp", 10_000_000),
        Table("wide_and_deep", 10_000_000),
    )
}

# Rows of a batch, for the systems whose batches a program chooses.
BATCH = 1024
# Each system must give TensorFlow's answers to the table's first SAMPLE rows, within TOLERANCE of
# the largest answer: versions of TensorFlow add numbers in different orders.
SAMPLE, TOLERANCE = 1024, 1e-4

# Each system runs in TURNS processes, alternating with the others. Each process runs a query on a
# part of the table first, and then times REPEATS queries.
TURNS, REPEATS = 3, 2
# What one timed query of a slow system should take at most: it gets a part of the table.
SECONDS = 20.0

# What grows, one thing at a time.
ROWS = (100_000, 1_000_000, 10_000_000, 100_000_000)
WIDTHS = (2, 16, 64, 256, 1024, 4096)
# Floats of each table of another width.
FLOATS = 64_000_000
PARTITIONS = (1, 2, 10, 100, 1000)
MODELS = (1, 2, 4, 8)
CORES = (1, 2)
EXECUTORS = (1, 2, 4)
# Equal models with paths of their own, for queries of several models.
COPIES = max(MODELS)
