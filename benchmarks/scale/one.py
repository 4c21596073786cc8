"""Measures one system on one table, in a process of its own.

Usage: one.py SYSTEM WORKLOAD FOLDER JARS FILE. Adds its seconds to FILE, a JSON list of all turns.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Any

import measure
import numpy as np
import spark as sparks
from machine import SLOTS

from scale.peers import PEERS, WITH_LIBRARIES
from scale.plan import LONG, REPEATS, SECONDS, WORKLOADS


def main(name: str, of: str, root: Path, jars: str, file: Path) -> None:
    """Warm up on parts of the table, then time some queries on as much as its time allows.

    The first two jars are the benchmarks' own. The others are the peers' libraries, and only the
    peers get them: they must be loaded before Spark's jars, whose Gson is too old for DJL.
    """
    workload, every = WORKLOADS[of], jars.split(":")
    # Workers run in this process's environment, which has MLflow.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    libraries = every[2:] if name in WITH_LIBRARIES else []
    spark = sparks.session(
        f"local[{SLOTS}]", ",".join(every[:2]), memory="3g", classes=":".join(libraries)
    )
    system = PEERS[name](spark, workload, root)
    sample = spark.read.parquet(str(workload.sample(root)))
    difference = measure.compare(system, sample, np.load(workload.answers(root)))
    files = measure.affordable(system, inf if system.is_whole else SECONDS)
    runs = [system.run(files)]
    while len(runs) < REPEATS and runs[-1][1] < LONG:
        runs.append(system.run(files))
    system.close()
    spark.stop()
    seconds = [took for _, took in runs]
    result = measure.Result(files, runs[0][0], seconds, None, difference)
    add(file, {"system": name, **asdict(result)})


def add(file: Path, entry: dict[str, Any]) -> None:
    """Add an entry to a JSON list in a file."""
    entries = json.loads(file.read_text()) if file.is_file() else []
    file.write_text(json.dumps([*entries, entry], indent=1))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
