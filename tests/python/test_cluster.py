"""Real executors: JVMs of their own, on one machine."""

from __future__ import annotations

import json

import pytest

SCRIPT = """
import getpass, json, os, shutil, sys
import pyspark
from pyspark.sql import SparkSession
import tfpredict

def below(parent):
    # The commands of all processes that came of this one, and not of other tests.
    listed = [line.split(None, 2) for line in os.popen("ps -ww -eo pid=,ppid=,args=")]
    for pid, ppid, command in (entry for entry in listed if len(entry) == 3):
        if int(ppid) == parent:
            yield command
            yield from below(int(pid))

builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
disk = sys.argv[2]
builder.config("spark.tfpredict.disk.path", disk)
spark = tfpredict.configure(builder).getOrCreate()
tfpredict.register(spark, sys.argv[1])
rows = spark.range(0, 6400, 1, 64).selectExpr("id", "array(id, 2 * id) AS features")
rows.createOrReplaceTempView("t")
tasks = spark.sql(
    "SELECT count(DISTINCT p), sum(y) "
    "FROM (SELECT spark_partition_id() AS p, tfpredict(features) AS y FROM t)"
).first()
again = spark.sql("SELECT sum(tfpredict(features)) FROM t").first()
# A model that only the driver had, and that nobody has any more when its first row arrives.
own = shutil.copytree(sys.argv[1], os.path.join(disk, "own"))
tfpredict.register(spark, own, "shipped")
shutil.rmtree(own)
shipped = spark.sql("SELECT sum(shipped(features)) FROM t").first()
jvm_pid = spark.sparkContext._gateway.proc.pid
maps = open(f"/proc/{jvm_pid}/maps").read()
print(json.dumps({
    "tasks": tasks[0],
    "sums": [tasks[1], again[0], shipped[0]],
    "disk": sorted(os.listdir(os.path.join(disk, "tfpredict-" + getpass.getuser(), "models"))),
    "loads": [vars(entry) for entry in tfpredict.executor_loads(spark)],
    "asked_on_driver": spark._jvm.tfpredict.python.PythonApi.isNativeOnDriver(),
    "mapped_on_driver": "tensorflow" in maps.replace("tfpredict-assembly", ""),
    "modules": [name for name in ("tensorflow", "keras") if name in sys.modules],
    "workers": sum("pyspark.daemon" in command for command in below(os.getpid())),
    "executors": sum("CoarseGrainedExecutorBackend" in command for command in below(os.getpid())),
    "driver": jvm_pid,
}))
application = spark.sparkContext.applicationId
spark.stop()
# Where Spark's one-machine cluster puts each executor's copy of the jar; it never removes them.
shutil.rmtree(os.path.join(os.path.dirname(pyspark.__file__), "work", application))
"""


@pytest.fixture(scope="module")
def found(run_script, models, tmp_path_factory):
    done = run_script(SCRIPT, models / "linear", tmp_path_factory.mktemp("disk"))
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_64_tasks_are_one_load_for_each_executor(found):
    assert found["tasks"] == 64
    loads = [entry for entry in found["loads"] if entry["path"].endswith("/linear")]
    assert sorted(entry["executor"] for entry in loads) == ["0", "1"]
    assert [entry["loads"] for entry in loads] == [1, 1]
    assert len({entry["process"] for entry in loads}) == 2


def test_a_model_that_only_the_driver_has_is_shipped_and_unpacked_once_for_the_host(found):
    loads = [entry for entry in found["loads"] if entry["path"].endswith("/own")]
    assert [entry["loads"] for entry in loads] == [1, 1]
    folder, lock = found["disk"]
    assert folder.startswith("own-1-")
    assert lock == f"{folder}.lock"


def test_the_driver_has_loaded_nothing_natively(found):
    assert found["asked_on_driver"] is False
    assert found["mapped_on_driver"] is False
    assert f"{found['driver']}@" not in " ".join(entry["process"] for entry in found["loads"])


def test_no_tensorflow_and_no_python_worker_is_in_the_query(found):
    assert found["modules"] == []
    assert found["executors"] == 2
    assert found["workers"] == 0


def test_the_sums_are_right(found):
    weight = 1.9978589 - 2 * 1.0296257
    expected = weight * sum(range(6400)) + 6400 * 3.0809885
    for total in found["sums"]:
        assert total == pytest.approx(expected, rel=1e-5)
