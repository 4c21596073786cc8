"""Runs all systems on one workload, interleaved: A B C A B C and not A A B B C C.

Usage: measure.py WORKLOAD FOLDER JAR [FILE SYSTEM...]. Writes FOLDER/WORKLOAD/results.json, or FILE
there for the systems that are named.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import spark as sparks
from machine import SLOTS
from systems import SYSTEMS, System
from workloads import FILES, WORKLOADS, Workload

REPEATS = 5
# What one run of one system should take at most; a slower system gets a part of the table.
SECONDS = 1.6
# So long all take turns before any is timed, with short runs, since it is each query's planning
# that is much code: the JVM's compiler meets it bit by bit, and compiles it on the same cores.
WARM_UP, SHORT = 20, FILES // 8
# The least that a system gets, one file for each of two task slots, and what variants are tried on.
LEAST, TRIAL = 2, FILES // 4
# Between TensorFlow versions and batch sizes sums are made in another order.
TOLERANCE = 1e-4


@dataclass
class Result:
    """How one system did on one workload.

    Attributes
    ----------
    files : int
        So many of the table's files it was given; FILES is the whole table.
    rows : int
        Rows in them.
    seconds : list of float
        One for each repeat.
    variant : object
        The settings that were the fastest of those tried.
    difference : float or None
        Largest difference from TensorFlow's own answers, relative to the largest of them.
    """

    files: int
    rows: int
    seconds: list[float]
    variant: Any
    difference: float | None


def main(workload: Workload, root: Path, jar: Path, file: str = "results.json", *only: str) -> None:
    """Measure one workload in a session of its own, and write and print the results."""
    for name in set(SYSTEMS) - set(only or SYSTEMS):
        del SYSTEMS[name]
    spark = sparks.session(f"local[{SLOTS}]", str(jar), is_fixed=True)
    loading = spark._jvm.tfpredict.benchmarks.Loading
    natives, load = loading.natives(), loading.model(workload.model(root))
    results = measure(spark, workload, root)
    spark.stop()
    for name, result in results.items():
        rate = result.rows / median(result.seconds)
        print(f"  {SYSTEMS[name].title:26} {rate:12,.0f} rows/s  {result.variant or ''}")
    found = {name: asdict(result) for name, result in results.items()}
    text = json.dumps({"natives": natives, "load": load, "systems": found}, indent=1)
    (workload.folder(root) / file).write_text(text)


def measure(spark: Any, workload: Workload, root: Path) -> dict[str, Result]:
    """Measure one workload; results by the systems' names."""
    started = time.monotonic()
    sample = spark.read.parquet(str(workload.sample(root)))
    expected = np.load(workload.answers(root))
    systems: dict[str, System] = {}
    results: dict[str, Result] = {}
    try:
        for name, kind in SYSTEMS.items():
            if kind.fits(workload):
                systems[name] = kind(spark, workload, root)
                difference = compare(systems[name], sample, expected)
                variant = fastest(systems[name])
                files = FILES if kind.is_whole else affordable(systems[name])
                results[name] = Result(files, 0, [], variant, difference)
                print(f"{name} ready after {time.monotonic() - started:.0f} s", file=sys.stderr)
        warm_up(system for system in systems.values() if system.is_whole)
        for _ in range(REPEATS):
            for name, system in systems.items():
                # What one system left behind is not the next one's to clean up.
                spark._jvm.System.gc()
                results[name].rows, seconds = system.run(results[name].files)
                results[name].seconds.append(seconds)
    finally:
        for system in systems.values():
            system.close()
    return results


def compare(system: System, sample: Any, expected: np.ndarray) -> float | None:
    """Compare a system's answers with TensorFlow's; a system that is wrong is not measured."""
    found = system.answers(sample)
    if found is None:
        return None
    if found.shape != expected.shape:
        raise SystemExit(f"{system.title}: {found.shape} answers, expected {expected.shape}")
    difference = float(np.abs(found - expected).max() / np.abs(expected).max())
    if not difference <= TOLERANCE:
        raise SystemExit(f"{system.title} on {system.workload.title} differs by {difference}")
    return difference


def fastest(system: System) -> Any:
    """Try a system's variants on a part of the table, and leave the fastest in use."""
    best = _fastest_of(system, system.variants)
    best = _fastest_of(system, (best, *system.refined(best)))
    system.use(best)
    return best


def _fastest_of(system: System, variants: tuple[Any, ...]) -> Any:
    if len(variants) == 1:
        return variants[0]
    seconds = [float("inf")] * len(variants)
    for variant in variants:
        # Starts workers and loads the model.
        system.use(variant)
        system.run(LEAST)
    for _ in range(2):
        for index, variant in enumerate(variants):
            system.use(variant)
            seconds[index] = min(seconds[index], system.run(TRIAL)[1])
    return variants[seconds.index(min(seconds))]


def warm_up(systems: Iterable[System]) -> None:
    """Let the systems take turns until the JVM's compiler has little left to do."""
    deadline = time.monotonic() + WARM_UP
    turns = cycle(systems)
    while time.monotonic() < deadline:
        next(turns).run(SHORT)


def affordable(system: System, most: float = SECONDS) -> int:
    """Find how many of the table's files a run of at most so many seconds may have.

    The runs that find it out are the warm-up too.
    """
    files = LEAST
    system.run(files)
    _, seconds = system.run(files)
    while files < FILES and 2 * seconds <= most:
        files *= 2
        if files < FILES:
            _, seconds = system.run(files)
    return files


if __name__ == "__main__":
    main(WORKLOADS[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
