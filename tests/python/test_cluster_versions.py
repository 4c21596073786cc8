"""Versions on real executors: JVMs of their own, on one machine."""

from __future__ import annotations

import json
import shutil

import pytest
from tensorflow.core.framework import attr_value_pb2, node_def_pb2, tensor_pb2, types_pb2
from tensorflow.core.protobuf import saved_model_pb2

SCRIPT = """
import json, os, shutil, sys
from concurrent.futures import ThreadPoolExecutor
import pyspark
from pyspark.sql import SparkSession
import tfpredict

models, work = sys.argv[1:3]
builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
builder.config("spark.tfpredict.disk.path", work)
builder.config("spark.tfpredict.ops.allowed", "FixedUnigramCandidateSampler")
spark = tfpredict.configure(builder).getOrCreate()

def answers(name):
    rows = spark.range(0, 64, 1, 4).selectExpr(f"{name}(array(1, 2 + 0 * id)) AS y").collect()
    return sorted({round(row.y, 3) for row in rows})

def executors():
    tracker = spark.sparkContext._jsc.sc().statusTracker()
    return sorted(info.port() for info in tracker.getExecutorInfos())

# The same model under many names at once, then gone from the driver's disk.
found = {}
for turn in range(3):
    own = shutil.copytree(f"{models}/versions/1", f"{work}/own{turn}/1")
    os.utime(f"{own}/saved_model.pb", (turn, turn))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda i: tfpredict.register(spark, f"{work}/own{turn}", f"m{i}"), range(6)))
    shutil.rmtree(own)
    found[f"turn{turn}"] = answers("m0") + answers("m5")

# Trained again in place, with times and lengths kept; only the driver has it.
own = f"{work}/again/1"
shutil.copytree(f"{models}/versions/1", own)
os.remove(f"{own}/assets.extra/tfpredict_sha256")
tfpredict.register(spark, f"{work}/again", "again")
shutil.move(own, f"{work}/aside")
found["before"] = answers("again")
shutil.move(f"{work}/aside", own)
for name in ("variables.index", "variables.data-00000-of-00001"):
    old, new = f"{own}/variables/{name}", f"{models}/versions/2/variables/{name}"
    kept = os.stat(old)
    shutil.copyfile(new, old)
    assert os.stat(old).st_size == kept.st_size
    os.utime(old, ns=(kept.st_atime_ns, kept.st_mtime_ns))
tfpredict.register(spark, f"{work}/again", "again")
shutil.rmtree(own)
found["after"] = answers("again")

# A version that ends the process that loads it.
tfpredict.register(spark, f"{work}/deadly", "deadly", version="latest")
found["first"] = answers("deadly")
before = executors()
os.rename(f"{work}/.2", f"{work}/deadly/2")
found["deadly"] = [answers("deadly") for _ in range(3)]
found["executors"] = [len(before), executors() == before]
found["native_on_driver"] = spark._jvm.tfpredict.python.PythonApi.isNativeOnDriver()
print(json.dumps(found))
application = spark.sparkContext.applicationId
spark.stop()
shutil.rmtree(os.path.join(os.path.dirname(pyspark.__file__), "work", application))
"""


def make_deadly(version):
    """Let the initialiser of a version run an op that ends the process by its argument."""
    (version / "assets.extra" / "tfpredict_sha256").unlink()
    file = version / "saved_model.pb"
    saved = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    (graph,) = saved.meta_graphs
    (tensor,) = graph.signature_def["__saved_model_init_op"].outputs.values()
    (node,) = (node for node in graph.graph_def.node if node.name == tensor.name.split(":")[0])
    node.input.append("^deadly")
    value = attr_value_pb2.AttrValue
    classes = tensor_pb2.TensorProto(dtype=types_pb2.DT_INT64, int64_val=[0])
    for _ in range(2):
        classes.tensor_shape.dim.add(size=1)
    graph.graph_def.node.append(
        node_def_pb2.NodeDef(
            name="deadly_classes",
            op="Const",
            attr={"dtype": value(type=types_pb2.DT_INT64), "value": value(tensor=classes)},
        )
    )
    graph.graph_def.node.append(
        node_def_pb2.NodeDef(
            name="deadly",
            op="FixedUnigramCandidateSampler",
            input=["deadly_classes"],
            attr={
                "num_true": value(i=1),
                "num_sampled": value(i=1),
                "range_max": value(i=10),
                "unique": value(b=False),
                "unigrams": value(list=value.ListValue(f=[1.0])),
            },
        )
    )
    file.write_bytes(saved.SerializeToString())


@pytest.fixture(scope="module")
def found(run_script, models, tmp_path_factory):
    work = tmp_path_factory.mktemp("work")
    shutil.copytree(models / "versions" / "1", work / "deadly" / "1")
    shutil.copytree(models / "versions" / "2", work / ".2")
    make_deadly(work / ".2")
    done = run_script(SCRIPT, models, work)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_driver_s_model_may_be_registered_many_times_at_once(found):
    for turn in range(3):
        assert found[f"turn{turn}"] == [3.02, 3.02]


def test_a_driver_s_model_that_is_trained_again_answers_anew(found):
    assert (found["before"], found["after"]) == ([3.02], [13.02])


def test_a_version_that_ends_its_process_costs_no_executor(found):
    assert found["first"] == [3.02]
    assert found["deadly"] == [[3.02]] * 3
    assert found["executors"] == [3, True]  # the driver is one of them
    assert found["native_on_driver"] is False
