"""Filters over partition columns: Spark prunes them on the driver, and a model runs in tasks."""

from __future__ import annotations

import json

import pytest

HIVE = """
import json, sys
from pyspark.sql import SparkSession
import tfpredict

model, folder = sys.argv[1:]
builder = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.warehouse.dir", folder + "/warehouse")
    .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={folder}")
    .config("spark.hadoop.hive.exec.dynamic.partition.mode", "nonstrict")
    .config(
        "spark.hadoop.javax.jdo.option.ConnectionURL",
        f"jdbc:derby:;databaseName={folder}/metastore;create=true",
    )
    .enableHiveSupport()
)
spark = tfpredict.configure(builder).getOrCreate()
tfpredict.register(spark, model, "f")
spark.sql("CREATE TABLE t (id INT) PARTITIONED BY (k FLOAT) STORED AS TEXTFILE")
spark.sql("INSERT INTO t SELECT INT(id), FLOAT(id % 5) FROM range(100)")

def count(where):
    return spark.sql(f"SELECT count(*) FROM t WHERE {where}").first()[0]

query = spark.sql("SELECT id FROM t WHERE k > 1 AND f(array(k, k)) > 5.5")
print(json.dumps({
    "plan": query._jdf.queryExecution().executedPlan().toString(),
    "call": count("f(array(k, k)) > 5.5"),
    "and": count("k < 4 AND f(array(k, k)) > 5.5"),
    "or": count("k = 0 OR f(array(k, k)) > 5.5"),
    "both": count("id < 50 AND f(array(k, k)) > 5.5"),
    "lambda": count("exists(array(k), e -> f(array(e, e)) > 5.5)"),
    "subquery": spark.sql(
        "SELECT count(*) FROM (SELECT k, f(array(k, k)) AS y FROM t) WHERE y > 5.5"
    ).first()[0],
    "join": spark.sql(
        "SELECT count(*) FROM t a JOIN t b ON a.id = b.id WHERE f(array(a.k, b.k)) > 5.5"
    ).first()[0],
    "window": spark.sql(
        "SELECT count(y) FROM (SELECT f(array(k, k)) - max(f(array(k, k))) OVER () AS y FROM t)"
    ).first()[0],
    "all": spark.sql("SELECT sum(f(array(k, k))) FROM t").first()[0],
}))
spark.stop()
"""

CLUSTER = """
import json, os, shutil, sys
import pyspark
from pyspark.sql import SparkSession
import tfpredict

model, versions, folder = sys.argv[1:]
builder = (
    SparkSession.builder.master("local-cluster[2,1,1024]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.tfpredict.disk.path", folder + "/disk")
    .config("spark.sql.warehouse.dir", folder + "/warehouse")
)
spark = tfpredict.configure(builder).getOrCreate()
loaded = {}

def note(what):
    maps = open(f"/proc/{spark.sparkContext._gateway.proc.pid}/maps").read()
    loaded[what] = (
        spark._jvm.tfpredict.python.PythonApi.isNativeOnDriver()
        or "tensorflow" in maps.replace("tfpredict-assembly", "")
    )

tfpredict.register(spark, model, "f")
tfpredict.register(spark, versions, "newest", version="latest")
note("registering")
spark.range(100).selectExpr("id", "float(id % 5) AS k").write.partitionBy("k").saveAsTable("t")
where = "SELECT count(*) FROM t WHERE f(array(k, k)) > 5.5"
spark.sql(where).explain(True)
note("explain")
counts = [spark.sql(where).first()[0]]
note("partition")
counts.append(
    spark.sql("SELECT count(*) FROM t WHERE exists(array(k), e -> f(array(e, e)) > 5.5)").first()[0]
)
note("lambda")
newest = spark.sql("SELECT count(*) FROM t WHERE k = 1 OR newest(array(k, k)) > -1000").first()[0]
note("latest")
print("\\n" + json.dumps({"loaded": loaded, "counts": counts, "newest": newest}))
application = spark.sparkContext.applicationId
spark.stop()
# Where Spark's one-machine cluster puts each executor's copy of the jar; it never removes them.
shutil.rmtree(os.path.join(os.path.dirname(pyspark.__file__), "work", application))
"""


def answer(k):
    return (1.9978589 - 1.0296257) * k + 3.0809885


HIGH = [i for i in range(100) if answer(i % 5) > 5.5]


@pytest.fixture(scope="module")
def hive(run_script, models, tmp_path_factory):
    done = run_script(HIVE, models / "linear", tmp_path_factory.mktemp("hive"))
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def cluster(run_script, models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    done = run_script(CLUSTER, models / "linear", models / "versions", folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_hive_table_that_spark_does_not_convert_keeps_its_rows(hive):
    assert hive["call"] == hive["lambda"] == hive["subquery"] == hive["join"] == len(HIGH)
    assert hive["and"] == sum(i % 5 < 4 for i in HIGH)
    assert hive["or"] == len(HIGH) + 20
    assert hive["both"] == sum(i < 50 for i in HIGH)
    assert hive["window"] == 100
    assert hive["all"] == pytest.approx(sum(answer(i % 5) for i in range(100)), rel=1e-5)


def test_hive_still_prunes_by_what_calls_no_model(hive):
    scan = next(line for line in hive["plan"].splitlines() if "Scan hive" in line)
    assert "isnotnull(k" in scan
    assert "> 1.0" in scan
    assert "f(" not in scan
    assert "Predict" in hive["plan"]


@pytest.mark.parametrize("what", ["registering", "explain", "partition", "lambda", "latest"])
def test_the_driver_of_a_cluster_loads_nothing_natively(cluster, what):
    assert cluster["loaded"][what] is False


def test_the_executors_judge_the_rows(cluster):
    assert cluster["counts"] == [len(HIGH), len(HIGH)]
    assert cluster["newest"] == 100
