"""A model that only the driver has, on executors with disks of their own, as on as many hosts."""

from __future__ import annotations

import json

import pytest

SCRIPT = """
import getpass, json, os, shutil, signal, sys, time
from pathlib import Path
import pyspark
from pyspark.sql import SparkSession
import tfpredict

models, work = map(Path, sys.argv[1:3])
EXECUTORS = 3
for number in range(100):
    (work / f"disk{number}").mkdir()
# Without a temporary folder of its own, an executor would find what another has fetched.
options = f"-XX:TieredStopAtLevel=1 -Djava.io.tmpdir={work}/disk{{{{EXECUTOR_ID}}}}"
builder = SparkSession.builder.master(f"local-cluster[{EXECUTORS},1,1024]")
builder.config("spark.ui.enabled", "false").config("spark.executor.extraJavaOptions", options)
builder.config("spark.broadcast.blockSize", "1k").config("spark.task.maxFailures", "1")
spark = tfpredict.configure(builder).getOrCreate()
sc, jvm = spark.sparkContext._jsc.sc(), spark._jvm

def executors():
    return sc.getExecutorMemoryStatus().size() - 1

def wait(holds):
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)

def answers(name):
    # A task holds its executor for a second, so that each executor has one.
    def slow(i):
        time.sleep(1)
        return i
    wait(lambda: executors() == EXECUTORS)
    rows = spark.sparkContext.parallelize(range(12), EXECUTORS).map(lambda i: (slow(i),))
    found = rows.toDF(["id"]).selectExpr(f"{name}(array(1, 2 + 0 * id)) AS y").collect()
    return sorted({round(row.y, 3) for row in found})

def disks(name):
    found = work.glob(f"disk*/tfpredict-{getpass.getuser()}/models/{name}-*/saved_model.pb")
    return sorted(int(path.relative_to(work).parts[0][4:]) for path in found)

def block(model, piece):
    number = int(model.fingerprint, 16) & (2**63 - 1)
    return jvm.org.apache.spark.storage.BroadcastBlockId(number, f"tfpredict_piece{piece}")

def manager():
    return jvm.org.apache.spark.SparkEnv.get().blockManager()

def holders(model, piece):
    # This many block managers have a piece, the driver's among them.
    return manager().master().getLocations(block(model, piece)).size()

def register(version):
    own = work / "own"
    shutil.copytree(models / "versions" / version, own / version)
    model = tfpredict.register(spark, own, f"v{version}", version=int(version))
    size = sum(path.stat().st_size for path in (own / version).rglob("*") if path.is_file())
    shutil.rmtree(own)
    return model, -(-size // 1024)

found = {}
first, pieces = register("1")
found["pieces"] = pieces
found["before"] = [holders(first, piece) for piece in range(pieces)]
found["first"] = answers("v1")
found["disks"] = disks("own")
found["after"] = [holders(first, piece) for piece in range(pieces)]
found["beyond"] = holders(first, pieces)

# A row at a time, which no operator of ours runs.
found["by row"] = spark.sql("SELECT 1 WHERE v1(array(1f, 2f)) > 3").count()

# Executors that start when the others, which had all pieces, are gone.
for entry in tfpredict.executor_loads(spark):
    os.kill(int(entry.process.split("@")[0]), signal.SIGKILL)
wait(lambda: executors() == 0)
found["late"] = answers("v1")
found["late disks"] = disks("own")

# A newer version: the executors give up their pieces of the first.
second, pieces = register("2")
wait(lambda: holders(first, 0) == 1)
found["old"] = [holders(first, piece) for piece in range(found["pieces"])]
found["second"] = answers("v2")
found["still"] = answers("v1")
found["new"] = [holders(second, piece) for piece in range(pieces)]

# A piece that nobody has.
shutil.copytree(models / "linear", work / "lost")
lost = tfpredict.register(spark, work / "lost", "lost")
shutil.rmtree(work / "lost")
manager().removeBlock(block(lost, 0), True)
try:
    spark.range(1).selectExpr("lost(array(1, 2 + 0 * id))").collect()
except tfpredict.ModelLoadException as failed:
    found["lost"] = [failed.error_class, str(failed)]
print(json.dumps(found))
application = spark.sparkContext.applicationId
spark.stop()
shutil.rmtree(os.path.join(os.path.dirname(pyspark.__file__), "work", application))
"""


@pytest.fixture(scope="module")
def found(run_script, models, tmp_path_factory):
    done = run_script(SCRIPT, models, tmp_path_factory.mktemp("work"))
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_registration_cuts_a_model_into_pieces_that_only_the_driver_has(found):
    assert found["pieces"] > 5
    assert found["before"] == [1] * found["pieces"]


def test_each_executor_s_host_fetches_the_model_and_answers(found):
    assert found["first"] == [3.02]
    # Their numbers depend on how often Spark had to start one, on a busy machine.
    assert len(found["disks"]) == 3
    assert found["by row"] == 1


def test_executors_keep_the_pieces_for_each_other(found):
    assert found["after"] == [4] * found["pieces"]
    assert found["beyond"] == 0


def test_executors_that_start_later_fetch_it_too(found):
    assert found["late"] == [3.02]
    assert len(found["late disks"]) == 6
    assert set(found["disks"]) < set(found["late disks"])


def test_executors_give_up_the_pieces_of_an_older_version_which_serves_on(found):
    assert found["old"] == [1] * found["pieces"]
    assert (found["second"], found["still"]) == ([13.02], [3.02])
    assert found["new"] == [4] * len(found["new"])


def test_a_piece_that_nobody_has_is_an_error_with_the_fix(found):
    name, text = found["lost"]
    assert name == "TFPREDICT_MODEL_NOT_RECEIVED"
    assert "Expected: the driver or another executor to send the model. " in text
    assert "spark.local.dir" in text
