"""What is measured at scale: tables, systems in turns, and what grows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import workloads

# A query of the fastest system lasts several seconds.
ROWS_OF = {"linear": 48_000_000, "mlp": 10_000_000, "wide_and_deep": 10_000_000}
WORKLOADS = {name: replace(workloads.WORKLOADS[name], rows=rows) for name, rows in ROWS_OF.items()}

# Rows of a batch, for the systems whose batches a program chooses.
BATCH = 1024
# Different batches that the bare Session runs in turn.
BATCHES = 100

# Each system runs in TURNS processes, alternating with the others. Each process runs queries on
# parts of the table first, and then times REPEATS queries.
TURNS, REPEATS = 2, 3
# What one timed query should take at most, of systems that need not run on the whole table.
SECONDS = 10.0
# A query that takes so many seconds, on the smallest part of the table, is not repeated.
LONG = 45.0

# What grows, one thing at a time.
ROWS = (100_000, 1_000_000, 10_000_000, 100_000_000)
WIDTHS = (2, 16, 64, 256, 1024, 4096)
# Floats of each table of another width.
FLOATS = 64_000_000
PARTITIONS = (1, 2, 10, 100, 1000)
MODELS = (1, 2, 4, 8)
CORES = (1, 2)
EXECUTORS = (1, 2, 4)


def copy_of_mlp(number: int, root: Path) -> str:
    """Return the path of one of the equal models, for queries of several models."""
    return str(root / "copies" / str(number))
