"""A JVM that predicts for long, with a new version of its model again and again.

``python tests/faults/memory.py [quick]`` prints its line of the table. The JVM that is looked at
belongs to a process of its own, ``memory.py probe FOLDER VERSIONS``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rows import Row

ROOT = Path(__file__).parents[2]
MADE = ROOT / "tests" / "models" / "made" / "versions"
BATCHES, BATCH = 500, 16  # a version, and rows
WARM = 8  # versions after which memory is to stay as it is
LIMIT = 50  # MB


def export(model: Path, version: int) -> None:
    """Put one more version there, as a whole."""
    incoming = model / f".{version}"
    shutil.copytree(MADE / str(1 + version % 2), incoming)
    incoming.rename(model / str(version))


def probe(folder: str, versions: str) -> None:
    """Predict with each version as it comes; print resident MB and open versions after each."""
    import tfpredict
    from pyspark.sql import SparkSession

    model = Path(folder) / "model"
    export(model, 1)
    # All of the heap is there from the start, so that what grows is something else.
    heap = "-Xms1g -XX:+AlwaysPreTouch"
    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.extraJavaOptions", f"{heap} -Djava.io.tmpdir={folder}")
    )
    spark = tfpredict.configure(builder).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    tfpredict.register(spark, model, version="latest", batch_size=BATCH, model_version=True)
    rows = spark.range(0, BATCH * BATCHES, 1, 2).selectExpr("tfpredict(array(id, 1)) AS y")
    rows.createOrReplaceTempView("answers")
    process = spark._jvm.java.lang.ProcessHandle.current().pid()
    found = []
    for version in range(1, int(versions) + 1):
        if version > 1:
            export(model, version)
        # Another query object for each, since a query's plan has the version that it began with.
        ask = "SELECT count(y.value), min(y.model_version), max(y.model_version) FROM answers"
        answered = spark.sql(ask).first()
        assert tuple(answered) == (BATCH * BATCHES, version, version), answered
        opened = spark._jvm.tfpredict.model.ModelCache.shared().loaded().size()
        found.append((resident(process), opened))
    print(json.dumps(found))


def resident(process: int) -> float:
    """Return the MB that a process has in memory."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def run(quick: bool) -> list[Row]:
    """Run so many versions in one JVM."""
    versions = 12 if quick else 40
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "probe", folder, str(versions)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr[-3000:])
    found = json.loads(done.stdout.splitlines()[-1])
    warm, end = found[WARM - 1][0], max(megabytes for megabytes, _ in found[WARM:])
    opened = max(count for _, count in found)
    return [
        Row(
            f"{versions * BATCHES:,} batches, a new version every {BATCHES}",
            f"resident memory within {LIMIT} MB after warm-up, earlier versions closed",
            f"{warm:.0f} MB after {WARM * BATCHES:,} batches, at most {end - warm:+.0f} MB later; "
            f"{opened} version open after each query",
            end - warm <= LIMIT and opened == 1,
        )
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["probe"]:
        probe(*sys.argv[2:])
    else:
        for row in run(quick="quick" in sys.argv):
            print(row.line())
