"""Many tasks that ask for a model at once, in one JVM.

``python tests/faults/loads.py`` prints its line of the table.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rows import Row

MODEL = Path(__file__).parents[2] / "tests" / "models" / "made" / "linear"
TASKS = 64


def probe() -> None:
    """Predict in so many task slots of one JVM; print how many tasks ran and the loads."""
    import tfpredict
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{TASKS}]")
    spark = tfpredict.configure(builder.config("spark.ui.enabled", "false")).getOrCreate()
    tfpredict.register(spark, MODEL)
    rows = spark.range(0, 100 * TASKS, 1, TASKS)
    call = "spark_partition_id() AS task", "tfpredict(array(id, 1)) AS y"
    tasks = rows.selectExpr(*call).where("y IS NOT NULL").select("task").distinct().count()
    print(tasks, *[entry.loads for entry in tfpredict.executor_loads(spark)])


def run(quick: bool) -> list[Row]:
    """Ask once, in a process of its own; quick or not is the same."""
    command = [sys.executable, __file__, "probe"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr[-3000:])
    tasks, *loads = map(int, done.stdout.splitlines()[-1].split())
    return [
        Row(
            f"{TASKS} first calls at once, in one JVM",
            "1 load",
            f"{tasks} tasks, {sum(loads)} load{'s' if sum(loads) != 1 else ''}",
            tasks == TASKS and loads == [1],
        )
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["probe"]:
        probe()
    else:
        for row in run(quick=False):
            print(row.line())
