"""Measures at scale: each system in processes of its own, taking turns, then what grows.

What `make bench-scale` calls. Usage: run.py FOLDER JARS DOCS. Every part is a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import machine

from scale import report
from scale.peers import PEERS
from scale.plan import CORES, EXECUTORS, TURNS, WORKLOADS

HERE = Path(__file__).parent
TURNS_FILE, GROWTH_FILE, MACHINE_FILE = "turns.json", "growth.json", "machine.json"
KINDS = ("rows", "widths", "partitions", "models")


def main(root: Path, jars: str, docs: Path) -> None:
    """Run all parts; a peer that fails is named and left out, the project's failure ends it."""
    begun = time.monotonic()
    root.mkdir(parents=True, exist_ok=True)
    about: dict[str, Any] = machine.describe()
    print("Models and tables", flush=True)
    part("tables", root)
    part("packaged", root)
    for name in WORKLOADS:
        _turns(name, root, jars)
    (root / GROWTH_FILE).unlink(missing_ok=True)
    print("\nWhat grows", flush=True)
    for kind in KINDS:
        part("growth", kind, root, jars, root / GROWTH_FILE)
    for cores in CORES:
        part("growth", "cores", root, jars, root / GROWTH_FILE, cores, cores=cores)
    for executors in EXECUTORS:
        part("growth", "executors", root, jars, root / GROWTH_FILE, executors)
    about["took"] = f"{time.monotonic() - begun:.0f} s"
    (root / MACHINE_FILE).write_text(json.dumps(about))
    report.main(root, docs)
    print(f"\nIn {about['took']}: {docs / 'benchmarks-at-scale.md'}")


def _turns(name: str, root: Path, jars: str) -> None:
    print(f"\n{name}", flush=True)
    file = root / name / TURNS_FILE
    file.unlink(missing_ok=True)
    failed: dict[str, str] = {}
    for _ in range(TURNS):
        for peer, kind in PEERS.items():
            if peer in failed or not kind.fits(WORKLOADS[name]):
                continue
            error = part("one", peer, name, root, jars, file, may_fail=not peer.startswith("sql"))
            if error:
                failed[peer] = error
                print(f"  {kind.title} is left out: {error[-300:]}", flush=True)
    (root / name / "failed.json").write_text(json.dumps(failed))


def part(name: str, *arguments: object, may_fail: bool = False, cores: int = 0) -> str:
    """Run a part; return why it failed, or nothing. Bound to some cores where that is asked for."""
    begun = time.monotonic()
    command = [sys.executable, "-m", f"scale.{name}", *map(str, arguments)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}

    def bind() -> None:
        if cores:
            os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cores]))

    done = subprocess.run(
        command,
        cwd=HERE.parent,
        env=environment,
        stdout=sys.stdout if name == "tables" else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=bind,
    )
    words = " ".join(str(word) for word in arguments[:2] if not isinstance(word, Path))
    if done.returncode == 0:
        print(f"  {name} {words} in {time.monotonic() - begun:.0f} s", flush=True)
        return ""
    if may_fail:
        return done.stderr.strip() or f"exit code {done.returncode}"
    print(done.stderr[-3000:])
    sys.exit(f"benchmarks at scale failed at {name} {words}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3]).resolve())
