"""Measures one system in a process of its own: cold start, peak memory, repeats of one workload.

Usage: probe.py SYSTEM CORES VARIANT FOLDER JAR, where VARIANT is JSON. Writes its results below
FOLDER/probes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import memory
import spark as sparks
from measure import REPEATS, affordable, warm_up
from systems import SYSTEMS
from workloads import FILES, WORKLOADS

COLD, WARM = WORKLOADS["linear"], WORKLOADS["mlp"]


def main(name: str, cores: int, variant: str, root: Path, jar: Path) -> None:
    """Measure one system."""
    started = time.perf_counter()
    spark = sparks.session(f"local[{cores}]", str(jar))
    # Spark's own first query is not the system's.
    sample = spark.read.parquet(str(COLD.sample(root)))
    sample.collect()
    ready = time.perf_counter()
    cold = SYSTEMS[name](spark, COLD, root)
    cold.use(cold.variants[0])
    cold.predict(sample).limit(1).collect()
    first = time.perf_counter()

    warm = SYSTEMS[name](spark, WARM, root)
    warm.use(json.loads(variant))
    files = FILES if warm.is_whole else affordable(warm)
    if warm.is_whole:
        warm_up([warm])
    runs = [warm.run(files) for _ in range(REPEATS)]
    jvm = spark._jvm.java.lang.ProcessHandle.current().pid()
    found = {
        "session": ready - started,
        "first_row": first - ready,
        "rows": runs[0][0],
        "seconds": [seconds for _, seconds in runs],
        "jvm_peak": memory.peak(jvm),
        "python_peak": sum(map(memory.peak, memory.descendants(jvm))),
    }
    print(f"  {SYSTEMS[name].title:26} first row after {found['first_row']:.1f} s")
    (root / "probes" / f"{name}-{cores}.json").write_text(json.dumps(found))
    spark.stop()


if __name__ == "__main__":
    if sys.argv[2] == "1":
        # One task slot alone leaves the second core to TensorFlow's own threads.
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), Path(sys.argv[5]))
