"""Pairs that do not fit: one sentence each. A jar of another version is in test_session.py."""

from __future__ import annotations

import re

import pyspark
import pytest
import tfpredict
from programs import LINE
from pyspark.sql import SparkSession
from tfpredict import _java
from tfpredict._versions import LINES
from tfpredict.session import jar_paths

OLD = (
    "[TFPREDICT_SPARK_LINE] tfpredict is not made for this version of Spark. "
    f"Expected: Spark 3.5 or 4 for tfpredict {tfpredict.__version__}. Found: Spark 3.4.1. Fix: "
    "pip install pyspark==3.5.7 or pyspark==4.2.0, or run on a cluster that has it."
)
OTHER = next(line for line in LINES if line != LINE)


def test_configure_refuses_another_pyspark(monkeypatch):
    monkeypatch.setattr(pyspark, "__version__", "3.4.1")
    builder = SparkSession.Builder()
    before = dict(builder._options)
    with pytest.raises(tfpredict.TfpredictException) as refused:
        tfpredict.configure(builder)
    assert str(refused.value) == OLD
    assert builder._options == before


def calls(spark, model):
    return (
        lambda: tfpredict.register(spark, model),
        lambda: tfpredict.predict(model, "x"),
        lambda: tfpredict.executor_loads(spark),
    )


def test_a_session_of_another_spark_is_refused(spark, models, monkeypatch):
    # PySpark of one version may talk to a cluster's Spark of another.
    monkeypatch.delitem(vars(spark), "version", raising=False)  # PySpark 4 asks once
    monkeypatch.setattr(SparkSession, "version", "3.4.1")
    for call in calls(spark, models / "linear"):
        with pytest.raises(tfpredict.TfpredictException) as refused:
            call()
        assert str(refused.value) == OLD


def test_a_jar_of_the_other_line_is_refused(spark, models, monkeypatch):
    monkeypatch.delitem(vars(spark), "version", raising=False)
    monkeypatch.setattr(SparkSession, "version", OTHER.pyspark)
    for call in calls(spark, models / "linear"):
        with pytest.raises(tfpredict.TfpredictException) as refused:
            call()
        assert str(refused.value) == (
            "[TFPREDICT_JAR_VERSION] The tfpredict jar is of another version. "
            f"Expected: the jar for Spark {OTHER.pyspark}. Found: the jar for Spark {LINE.name}. "
            f"Fix: Use {OTHER.jar}, or tfpredict.configure, which picks it."
        )


def test_each_lines_jar_is_picked_by_the_version(tmp_path, monkeypatch):
    from tfpredict import session

    monkeypatch.setattr(session, "__file__", str(tmp_path / "session.py"))
    (tmp_path / "jars").mkdir()
    natives = f"tfpredict-natives-{tfpredict.__version__}.jar"
    for name in (natives, *(line.jar for line in LINES)):
        (tmp_path / "jars" / name).touch()
    for version, name in (
        ("3.5.0", "spark3.5_2.12"),
        ("3.5.1.2.3.4-5", "spark3.5_2.12"),
        ("3.5.2-amzn-1", "spark3.5_2.12"),
        ("4.0.1", "spark4_2.13"),
        ("4.3.0", "spark4_2.13"),
        ("4.0.2-amzn-0", "spark4_2.13"),
    ):
        monkeypatch.setattr(pyspark, "__version__", version)
        builder = SparkSession.Builder()
        builder._options = {}
        tfpredict.configure(builder)
        own = f"tfpredict-{name}-{tfpredict.__version__}.jar"
        expected = [str(tmp_path / "jars" / jar) for jar in (own, natives)]
        assert builder._options["spark.jars"].split(",") == expected


def test_a_spark_home_of_another_spark_is_refused(models, tmp_path, monkeypatch):
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / "spark-core_2.12-3.4.1.jar").touch()
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    for call in (tfpredict.inspect, tfpredict.verify):
        with pytest.raises(tfpredict.TfpredictException) as refused:
            call(models / "linear")
        assert str(refused.value) == OLD


@pytest.mark.parametrize("version", ["3.5.0", "3.5.7", "3.5.1.2.3.4-5", "3.5.2-amzn-1", "4.2.0"])
def test_a_spark_home_tells_its_line(tmp_path, monkeypatch, version):
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / f"spark-core_2.12-{version}.jar").touch()
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    line = LINES[0] if version.startswith("3.5") else LINES[1]
    assert _java.spark_jars() == (line, str(tmp_path / "jars" / "*"))


@pytest.mark.skipif(LINE.name != "3.5", reason="on Spark 4 its server is asked: test_connect4.py")
def test_a_spark_connect_session_is_told_which_setting_to_use(models):
    # Only a class of that name: the client wants packages that the tests' environment lacks.
    session = type("SparkSession", (), {"__module__": "pyspark.sql.connect.session"})()
    with pytest.raises(tfpredict.TfpredictException) as refused:
        tfpredict.register(session, models / "linear")
    assert str(refused.value) == (
        "[TFPREDICT_SESSION_KIND] This kind of SparkSession cannot do this. Expected: a classic "
        "SparkSession, which has a JVM beside it. Found: one of Spark Connect. Fix: Set "
        "spark.tfpredict.models.<name> to the model's path on the server, and call the function by "
        "that name."
    )


WRONG_JAR = """
import sys
import tfpredict
from pyspark.sql import SparkSession

builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
builder = builder.config("spark.jars", sys.argv[1])
try:
    tfpredict.register(builder.getOrCreate(), sys.argv[2])
except tfpredict.TfpredictException as refused:
    print("PYTHON", refused)
SparkSession.getActiveSession().stop()
try:
    builder.config("spark.sql.extensions", "tfpredict.sql.Extensions").getOrCreate()
except Exception as refused:
    print("JVM", str(refused).splitlines()[1])
"""


def test_the_other_lines_jar_on_a_real_spark_says_so(run_script, models):
    jars = ",".join(map(str, jar_paths(OTHER)))
    done = run_script(WRONG_JAR, jars, models / "linear")
    python, jvm = done.stdout.splitlines()
    assert python == (
        "PYTHON [TFPREDICT_JAR_VERSION] The tfpredict jar is of another version. "
        f"Expected: the jar for Spark {pyspark.__version__}. Found: the jar for Spark "
        f"{OTHER.name}. Fix: Use {LINE.jar}, or tfpredict.configure, which picks it."
    )
    assert re.fullmatch(
        r"JVM : java.lang.IllegalStateException: \[TFPREDICT_SPARK_LINE\] tfpredict is not made "
        rf"for this version of Spark. Expected: Spark {OTHER.name}.x with Scala {OTHER.scala}.\d+ "
        rf"for this jar. Found: Spark {pyspark.__version__}. "
        "Fix: Use the jar with this Spark's version in its name.",
        jvm,
    )
