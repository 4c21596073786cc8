"""Measures one system on one table, in a process of its own.

Usage: one.py SYSTEM WORKLOAD FOLDER JARS FILE. Adds its seconds to FILE, a JSON of all turns.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pyspark.sql import DataFrame
from workloads import FILES, WORKLOADS

from scale.bare import Bare
from scale.peers import PEERS
from scale.plan import REPEATS, SAMPLE, SECONDS, TABLES, TOLERANCE
from scale.sessions import files, noop, session


def main(system: str, name: str, root: Path, jars: str, file: Path) -> None:
    """Warm up on a part of the table, then time some queries on as much as its time allows."""
    spark = session(jars, peer=system)
    folder = root / name
    road = PEERS[system][1]
    run: Callable[[int], float]
    if road is None:
        bare = Bare(spark, WORKLOADS[name], folder)
        run, answers = bare.run, bare.answers()
    else:
        predict = road(spark, WORKLOADS[name], folder)

        def run(count: int) -> float:
            table = spark.read.parquet(*files(folder / "rows", count))
            return timed(lambda: noop(predict(table)))

        answers = first_answers(predict(spark.read.parquet(*files(folder / "rows", 1))))
    differs = difference(answers, folder)
    count = affordable(run)
    seconds = [run(count) for _ in range(REPEATS)]
    spark.stop()
    rows = TABLES[name].rows // FILES * count
    found = {"files": count, "rows": rows, "seconds": seconds, "difference": differs}
    add(file, {"system": system, **found})


def first_answers(predicted: DataFrame) -> np.ndarray | None:
    """Return a system's answers to the table's first rows, or None if it predicts nothing."""
    if "y" not in predicted.columns:
        return None
    rows = predicted.limit(SAMPLE).select("y").collect()
    return np.array([row[0] for row in rows], dtype="float32").ravel()


def difference(found: np.ndarray | None, folder: Path) -> float | None:
    """Compare a system's answers to the table's first rows with TensorFlow's."""
    if found is None:
        return None
    expected = np.load(folder / "answers.npy")
    differs = float(np.abs(found - expected).max() / np.abs(expected).max())
    if not differs <= TOLERANCE:
        raise SystemExit(f"answers differ from TensorFlow's by {differs} of the largest")
    return differs


def affordable(run: Callable[[int], float]) -> int:
    """Find how many of the table's files a timed query may have: all, where that is quick enough.

    The queries that find it out are the warm-up too.
    """
    files = 2
    run(files)
    seconds = run(files)
    while files < FILES and 2 * seconds <= SECONDS:
        files *= 2
        if files < FILES:
            seconds = run(files)
        else:
            seconds *= 2
    return files


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def add(file: Path, entry: dict[str, Any]) -> None:
    """Add an entry to a JSON list in a file."""
    entries = json.loads(file.read_text()) if file.is_file() else []
    file.write_text(json.dumps([*entries, entry], indent=1))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
