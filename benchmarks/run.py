"""Measures everything, then writes the page. What `make bench` calls.

Usage: run.py FOLDER JAR SPARK4 JAR4 DOCS [WORKLOAD...], where SPARK4 is the folder of a PySpark 4.
Named workloads are measured again, and the others keep their figures. Each part is a process of its
own: TensorFlow and Spark never share one, and no workload has another's JVM.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import machine
from workloads import WORKLOADS

HERE = Path(__file__).parent
# Cores at work on something else between the parts, or that the host took meanwhile: more, and the
# page says so.
DISTURBED, TAKEN = 0.3, 0.1
# What is measured on the other line of Spark too, in the same run.
ON_BOTH = ("scan", "session", "sql", "rdd", "batch_udf")
# A system, and its cores.
PROBES = (("sql", 2), ("sql", 1), ("batch_udf", 2))


def main(root: Path, jar: Path, spark4: str, jar4: Path, docs: Path, *only: str) -> None:
    """Run the parts; stop at the first that fails, with its name."""
    for name in set(only) - set(WORKLOADS):
        sys.exit(f"no workload {name}: there are {', '.join(WORKLOADS)}")
    if only and (missing := without_figures(root, set(WORKLOADS) - set(only))):
        sys.exit(f"no earlier run measured {', '.join(missing)}: run make bench without WORKLOADS")
    started = time.monotonic()
    # Of a run before, with other probes: they would stand on this one's page.
    shutil.rmtree(root / "probes", ignore_errors=True)
    (root / "probes").mkdir(parents=True)
    print("Models, tables and TensorFlow's own answers", flush=True)
    part(root, "prepare", root)
    for workload in WORKLOADS.values():
        if only and workload.name not in only:
            continue
        print(f"\n{workload.title}, {workload.rows:,} rows", flush=True)
        with noted(root, workload.name):
            part(root, "measure", workload.name, root, jar)
            print(f"  {workload.title}, on Spark 4", flush=True)
            arguments = (workload.name, root, jar4, "results-spark4.json", *ON_BOTH)
            part(root, "measure", *arguments, PYTHONPATH=spark4)

    print("\nEach system in a process of its own", flush=True)
    results = json.loads((WORKLOADS["mlp"].folder(root) / "results.json").read_text())
    for system, cores in PROBES:
        variant = json.dumps(results["systems"][system]["variant"])
        with noted(root, f"{system}-{cores}"):
            part(root, "probe", system, cores, variant, root, jar)

    about = {**machine.describe(), **noise(root)}
    about["took"] = f"{time.monotonic() - started:.0f} s"
    if only:
        about["measured again"] = f"{', '.join(only)}; the rest is of runs before"
    (root / "machine.json").write_text(json.dumps(about))
    print()
    part(root, "report", root, docs)
    print(f"\nIn {about['took']}: {docs / 'benchmarks.md'}")


def without_figures(root: Path, names: Collection[str]) -> list[str]:
    """Return which of these workloads no run has measured completely."""
    files = ("results.json", "results-spark4.json")
    return sorted(
        name
        for name in names
        if not (root / "noise" / f"{name}.json").is_file()
        or not all((WORKLOADS[name].folder(root) / file).is_file() for file in files)
    )


@contextmanager
def noted(root: Path, name: str) -> Iterator[None]:
    """Note how busy others kept this machine around some parts, and what its host took."""
    file = root / "noise" / f"{name}.json"
    file.parent.mkdir(exist_ok=True)
    others, before, begun = machine.busy(), machine.taken(), time.monotonic()
    yield
    taken = (machine.taken() - before) / (time.monotonic() - begun)
    file.write_text(json.dumps({"others": max(others, machine.busy()), "taken": taken}))


def noise(root: Path) -> dict[str, Any]:
    """Sum up what was noted of all workloads and the probes."""
    names = [*WORKLOADS, *(f"{system}-{cores}" for system, cores in PROBES)]
    notes = [json.loads((root / "noise" / f"{name}.json").read_text()) for name in names]
    others, taken = [[note[kind] for note in notes] for kind in ("others", "taken")]
    return {
        "cores that others used": f"{median(others):.1f}, at most {max(others):.1f}",
        "cores that the host took": f"{median(taken):.2f}, at most {max(taken):.2f}",
        "is disturbed": max(others) > DISTURBED or max(taken) > TAKEN,
    }


def part(root: Path, name: str, *arguments: object, **more: str) -> None:
    """Run a part. What it says to standard error is kept, and its end shown where it fails."""
    log = root / f"{name}.log"
    begun = time.monotonic()
    command = [sys.executable, str(HERE / f"{name}.py"), *map(str, arguments)]
    with log.open("w") as errors:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **more}
        code = subprocess.run(command, stderr=errors, env=environment, check=False).returncode
    if code != 0:
        print("\n".join(log.read_text().splitlines()[-20:]))
        print(f"benchmarks failed at {name} {arguments[0]} (all of it: {log})")
        sys.exit(1)
    print(f"  in {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    _, root, jar, spark4, jar4, docs, *only = sys.argv
    main(Path(root), Path(jar).absolute(), spark4, Path(jar4).absolute(), Path(docs), *only)
