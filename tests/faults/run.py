"""Causes each fault, and writes what was found.

``python tests/faults/run.py FOLDER DOCUMENT [COUNT]`` works in the folder and writes the document;
COUNT is `corruption`'s. It fails if something does not hold.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import corruption
import executors
import injections
import loads
import memory
import streams
from rows import Row

ROOT = Path(__file__).parents[2]
SUITES = ("InjectionsSuite", "HdfsSuite", "DiskFaultsSuite", "NativeFilesSuite")


def suites() -> tuple[list[Row], list[str], bool]:
    """Run the Scala suites that cause faults in one JVM: what they found, and whether all holds."""
    command = [ROOT / "sbtw", "testOnly " + " ".join(f"*{suite}" for suite in SUITES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    holds = done.returncode == 0
    rows = injections.measured(ROOT / "target" / "hdfs.json", holds)
    text = injections.table(ROOT / "target" / "injections.json")
    if not holds:
        text += ["**Some of these suites failed.**", ""]
    return rows, text, holds


def main(folder: str, document: str, count: str = "8000") -> None:
    started = time.monotonic()
    rows = []
    for module in (loads, executors, streams, memory):
        for row in module.run(quick=False):
            print(row.line(), flush=True)
            rows.append(row)
    measured, injected, are_told = suites()
    for row in measured:
        print(row.line(), flush=True)
        rows.append(row)
    damaged, is_safe = corruption.section(Path(folder).absolute(), int(count))
    minutes = (time.monotonic() - started) / 60
    text = [
        "# Faults",
        "",
        f"Written by `make faults`, in {minutes:.0f} minutes. "
        "[operations.md](operations.md) explains the first table.",
        "",
        "## On a cluster of processes",
        "",
        "| fault | what must hold | what was found |",
        "|---|---|---|",
        *[row.line() for row in rows],
        "",
        *injected,
        *damaged,
    ]
    Path(document).write_text("\n".join(text))
    if not (are_told and is_safe and all(row.holds for row in rows)):
        raise SystemExit("something does not hold")


if __name__ == "__main__":
    main(*sys.argv[1:])
