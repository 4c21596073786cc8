"""Pairs that do not fit: one sentence each. A jar of another version is in test_session.py."""

from __future__ import annotations

import pyspark
import pytest
import tfpredict
from pyspark.sql import SparkSession
from tfpredict import _java

SPARK_4 = (
    f"tfpredict {tfpredict.__version__} needs Spark 3.5, found Spark 4.0.1: "
    "pip install pyspark==3.5.7, or run on a cluster that has it."
)


def test_configure_refuses_another_pyspark(monkeypatch):
    monkeypatch.setattr(pyspark, "__version__", "4.0.1")
    builder = SparkSession.Builder()
    before = dict(builder._options)
    with pytest.raises(tfpredict.TfpredictException) as refused:
        tfpredict.configure(builder)
    assert str(refused.value) == SPARK_4
    assert builder._options == before


def test_a_session_of_another_spark_is_refused(spark, models, monkeypatch):
    # PySpark of one version may talk to a cluster's Spark of another.
    monkeypatch.setattr(SparkSession, "version", "4.0.1")
    calls = (
        lambda: tfpredict.register(spark, models / "linear"),
        lambda: tfpredict.predict(models / "linear", "x"),
        lambda: tfpredict.executor_loads(spark),
    )
    for call in calls:
        with pytest.raises(tfpredict.TfpredictException) as refused:
            call()
        assert str(refused.value) == SPARK_4


def test_a_spark_home_of_another_spark_is_refused(models, tmp_path, monkeypatch):
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / "spark-core_2.13-4.0.1.jar").touch()
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    for call in (tfpredict.inspect, tfpredict.verify):
        with pytest.raises(tfpredict.TfpredictException) as refused:
            call(models / "linear")
        assert str(refused.value) == SPARK_4


@pytest.mark.parametrize("version", ["3.5.0", "3.5.7", "3.5.1.2.3.4-5", "3.5.2-amzn-1"])
def test_any_spark_3_5_is_taken(tmp_path, monkeypatch, version):
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / f"spark-core_2.12-{version}.jar").touch()
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    assert _java.spark_jars() == str(tmp_path / "jars" / "*")


def test_a_spark_connect_session_is_told_which_setting_to_use(models):
    # Only a class of that name: the client wants packages that the tests' environment lacks.
    session = type("SparkSession", (), {"__module__": "pyspark.sql.connect.session"})()
    with pytest.raises(tfpredict.TfpredictException) as refused:
        tfpredict.register(session, models / "linear")
    assert str(refused.value) == (
        "expected a classic SparkSession, found one of Spark Connect, which has no JVM beside it: "
        "set spark.tfpredict.models.<name> to the model's path on the server, and call the "
        "function by that name."
    )
