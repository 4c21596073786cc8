"""The driver's program: gives every executor the same bytes, and tells what left this host.

``job.py WAY FILE EXECUTORS`` prints a line of JSON. The ways: a prediction by tfpredict on a model
that only the driver has, in the working folder; Spark's ``addFile``; Spark's ``broadcast``.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import tfpredict
from pyspark.files import SparkFiles
from pyspark.sql import SparkSession

# The driver's working folder and the executors' are different ones.
OWN = "/proc/self/cwd/own"
# A task holds its executor for so many seconds, so that each executor has one.
HOLD = 5


def sent() -> int:
    """Return the bytes that have left this host."""
    return int(Path("/sys/class/net/eth0/statistics/tx_bytes").read_text())


def measured(run: Callable[[], None]) -> tuple[int, float]:
    """Return what left this host while something ran, and the seconds."""
    before, start = sent(), time.monotonic()
    run()
    return sent() - before, time.monotonic() - start


def predict(spark: SparkSession, executors: int) -> None:
    """Ask the model in one task of each executor."""
    rows = spark.range(0, executors, 1, executors)
    call = "shipped(array(cast(id AS float), 1f)) AS y"
    assert rows.selectExpr(call).where("y IS NOT NULL").count() == executors


def file_size(name: str) -> int:
    """Return the size of a file that Spark has put on this executor's disk."""
    return Path(SparkFiles.get(name)).stat().st_size


def each(spark: SparkSession, executors: int, look: Callable[[], int]) -> None:
    """Look in one task of each executor."""

    def task(_: int) -> int:
        found = look()
        time.sleep(HOLD)
        return found

    rows = spark.sparkContext.parallelize(range(executors), executors)
    sizes = set(rows.map(task).collect())
    assert len(sizes) == 1, sizes


def way_to(spark: SparkSession, way: str, file: Path, executors: int) -> Callable[[], None]:
    """Return what makes every executor fetch the bytes, where it does not have them."""
    if way == "tfpredict":
        tfpredict.register(spark, OWN, "shipped")
        return lambda: predict(spark, executors)
    if way == "addFile":
        spark.sparkContext.addFile(str(file))
        name = file.name
        return lambda: each(spark, executors, lambda: file_size(name))
    shared = spark.sparkContext.broadcast(file.read_bytes())
    return lambda: each(spark, executors, lambda: len(shared.value))


def storage(spark: SparkSession) -> int:
    """Return the most heap that Spark's blocks had in any executor."""
    application = spark.sparkContext.applicationId
    url = f"{spark.sparkContext.uiWebUrl}/api/v1/applications/{application}/allexecutors"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as page:
        found = json.load(page)
    peaks = [entry.get("peakMemoryMetrics", {}) for entry in found if entry["id"] != "driver"]
    return max(peak.get("OnHeapStorageMemory", -1) for peak in peaks)


def main() -> None:
    """Run one way."""
    way, file, executors = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    # The jars are in the class path, so that they are no bytes that leave the driver.
    spark = SparkSession.builder.getOrCreate()
    status = spark.sparkContext._jsc.sc().getExecutorMemoryStatus
    until = time.monotonic() + 300
    while status().size() < executors + 1 and time.monotonic() < until:
        time.sleep(0.5)
    spark.range(0, executors, 1, executors).count()
    run = way_to(spark, way, file, executors)
    first, again = measured(run), measured(run)
    if way == "tfpredict":
        loads = tfpredict.executor_loads(spark)
        assert sorted(entry.loads for entry in loads) == [1] * executors, loads
    # Executors tell their memory every ten seconds.
    time.sleep(12)
    print(
        json.dumps(
            {
                "bytes": first[0],
                "again": again[0],
                "seconds": round(first[1], 1),
                "storage": storage(spark),
            }
        )
    )
    spark.stop()


if __name__ == "__main__":
    main()
