"""Archives the classes that Spark's drivers load, so that the tests' drivers start faster.

Usage: class_archive.py. Keeps an archive that exists. With it, a driver that predicts once takes
40 % less processor time (https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyspark

ROOT = Path(__file__).parents[2]
# For JVMs that live for seconds: the compiler's second stage and a parallel collector take more of
# them than they give.
SHORT_LIFE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SECONDS = 180

# What most drivers of the tests do. It prints the JVM's process, which ends after this one.
TYPICAL = """
import sys
import tfpredict
from pyspark.ml import Pipeline
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from tfpredict.ml import SavedModelTransformer

builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
spark = tfpredict.configure(builder).getOrCreate()
print(spark._jvm.java.lang.ProcessHandle.current().pid(), flush=True)
tfpredict.register(spark, sys.argv[1], "f")
rows = spark.createDataFrame([(1, [1.0, 2.0]), (2, [2.0, 3.0])], "id int, features array<float>")
rows.write.parquet(sys.argv[2])
table = spark.read.parquet(sys.argv[2]).withColumn("y", F.expr("f(features)"))
table.groupBy("id").agg(F.max("y")).orderBy("id").collect()
stage = SavedModelTransformer(modelPath=sys.argv[1], inputCol="features")
Pipeline(stages=[stage]).fit(rows).transform(rows).collect()
spark.stop()
"""


def options() -> str:
    """Return the JVM options of the tests' drivers, with the archive if there is one."""
    file = _file()
    # Without its log a JVM says nothing of an archive that is not of its Java or of its class path.
    archive = f" -XX:SharedArchiveFile={file} -Xlog:disable" if file and file.is_file() else ""
    return SHORT_LIFE + archive


def _file() -> Path | None:
    """Return the archive's file for this Spark and this Java, or None where they have none."""
    # Spark 4 starts its JVMs with an incubating module, and those use no archive.
    if not pyspark.__version__.startswith("3."):
        return None
    home = os.environ.get("JAVA_HOME")
    release = Path(home, "release") if home else None
    if release is None or not release.is_file():
        return None
    version = re.search(r'^JAVA_VERSION="(.+)"$', release.read_text(), re.MULTILINE)[1]
    if int(version.split(".")[0]) < 13:
        return None
    return ROOT / "build" / "tests" / f"spark-{pyspark.__version__}-java-{version}.jsa"


def main() -> None:
    """Write the archive for this Spark and this Java."""
    file = _file()
    if file is None or file.is_file():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    incoming = file.with_suffix(f".{os.getpid()}")
    model = ROOT / "tests" / "models" / "made" / "linear"
    environment = {
        **os.environ,
        "SPARK_SUBMIT_OPTS": f"{SHORT_LIFE} -XX:ArchiveClassesAtExit={incoming} -Xlog:disable",
    }
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", TYPICAL, str(model), "table"],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SECONDS,
        )
        _await_end(int(done.stdout.split()[0]))
    if incoming.is_file():
        incoming.rename(file)
    else:
        print("This Java writes no archive, so drivers start without one.")


def _await_end(process: int) -> None:
    until = time.monotonic() + SECONDS
    while Path("/proc", str(process)).is_dir():
        if time.monotonic() > until:
            raise SystemExit(f"process {process} writes its classes for too long")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
