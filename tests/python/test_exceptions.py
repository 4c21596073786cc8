"""What fails inside a job is this package's exception in Python, however the job was started."""

from __future__ import annotations

import pickle
import re
import traceback
from pathlib import Path

import numpy as np
import pytest
import tfpredict
from programs import LINE
from py4j.protocol import Py4JJavaError
from pyspark.errors import (
    AnalysisException,
    PySparkException,
    SparkRuntimeException,
    StreamingQueryException,
)
from pyspark.sql import functions as F
from tfpredict import errors

ROOT = Path(__file__).parents[2]
ROW = "Found: length 1, in row "


@pytest.fixture(scope="module")
def bad(spark, models):
    tfpredict.register(spark, models / "linear", "with_bad_rows")
    rows = spark.createDataFrame([([1.0, 2.0],), ([3.0],)], "f array<float>")
    rows.createOrReplaceTempView("bad_rows")
    return rows.select(F.expr("with_bad_rows(f)").alias("y"))


JOBS = {
    "collect": lambda frame, folder: frame.collect(),
    "show": lambda frame, folder: frame.show(),
    "count": lambda frame, folder: frame.where("y > 0").count(),
    "toPandas": lambda frame, folder: frame.toPandas(),
    "write": lambda frame, folder: frame.write.parquet(str(folder / "out")),
    "noop": lambda frame, folder: frame.write.format("noop").mode("overwrite").save(),
    "sql": lambda frame, folder: frame.sparkSession.sql(
        "SELECT sum(with_bad_rows(f)) FROM bad_rows"
    ).first(),
    "iterator": lambda frame, folder: list(frame.toLocalIterator()),
    "rdd": lambda frame, folder: frame.rdd.map(lambda row: row.y).collect(),
}


def assert_another_process_gets(failure):
    """What pickle makes of an exception, as a pool of processes does, tells the same."""
    sent = pickle.loads(pickle.dumps(failure))
    assert isinstance(failure, type(sent))
    assert (str(sent), sent.error_class) == (str(failure), failure.error_class)


@pytest.mark.parametrize("job", JOBS)
def test_a_bad_row_is_an_input_exception(bad, job, tmp_path):
    with pytest.raises(tfpredict.InputException) as caught:
        JOBS[job](bad, tmp_path)
    failure = caught.value
    assert type(failure).__name__ == "InputException"
    assert str(failure).startswith("[TFPREDICT_INPUT_LENGTH] An array has a length that the model ")
    assert re.search(r" Model: \S+linear \(version 1, signature serving_default\)\. ", str(failure))
    assert failure.error_class == "TFPREDICT_INPUT_LENGTH"
    assert ROW in str(failure)
    assert "\n" not in str(failure)
    assert_another_process_gets(failure)
    # What PySpark's users catch still catches it, and the JVM's account of it is kept.
    assert isinstance(failure, PySparkException)
    assert isinstance(failure, Py4JJavaError)
    assert "at org.apache.spark." in failure.stackTrace
    original = failure.java_exception.toString()
    # Spark 4 throws an exception that has an error class as it is, from most jobs.
    as_it_is = LINE.name == "4" and original.startswith("tfpredict.InputException: ")
    assert as_it_is or "SparkException" in original


def test_it_is_shown_short(bad):
    try:
        bad.collect()
    except tfpredict.InputException as failed:
        shown = traceback.format_exception_only(type(failed), failed)
        assert len(shown) == 1
        assert shown[0].startswith("tfpredict.errors.InputException: [TFPREDICT_")


def test_arrow_hides_nothing(spark, bad):
    pytest.importorskip("pyarrow", reason="toPandas by Arrow needs pyarrow")
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    try:
        with pytest.raises(tfpredict.InputException, match=ROW):
            bad.toPandas()
    finally:
        spark.conf.unset("spark.sql.execution.arrow.pyspark.enabled")


def test_a_stream(spark, bad, tmp_path):
    spark.table("bad_rows").write.parquet(str(tmp_path / "in"))
    stream = spark.readStream.schema("f array<float>").parquet(str(tmp_path / "in"))
    query = (
        stream.selectExpr("with_bad_rows(f) AS y")
        .writeStream.format("noop")
        .option("checkpointLocation", str(tmp_path / "checkpoint"))
        .trigger(availableNow=True)
        .start()
    )
    with pytest.raises(tfpredict.InputException, match=ROW) as caught:
        query.awaitTermination(60)
    assert isinstance(caught.value, StreamingQueryException)
    assert "\n" not in str(caught.value)


def test_what_is_read_on_the_driver_only_keeps_its_trace(spark, tmp_path):
    with pytest.raises(tfpredict.ModelNotFoundException, match=r"Found: no such folder") as caught:
        tfpredict.register(spark, tmp_path / "none")
    assert "\n" not in str(caught.value)
    assert caught.value.error_class == "TFPREDICT_MODEL_NOT_FOUND"
    assert_another_process_gets(caught.value)


def test_spark_s_own_stay_as_they_are(spark, bad):
    with pytest.raises(AnalysisException) as wrong:
        spark.sql("SELECT with_bad_rows('a')")
    assert not isinstance(wrong.value, tfpredict.TfpredictException)
    # Spark 4 has a class for it.
    kind = Py4JJavaError if LINE.name == "3.5" else SparkRuntimeException
    with pytest.raises(kind) as other:
        spark.range(1).select(F.expr("assert_true(id > 1)")).collect()
    assert not isinstance(other.value, tfpredict.TfpredictException)


def test_a_class_that_the_driver_could_not_read():
    """On a cluster a cause may come as text alone, inside Spark's message."""
    from tfpredict._captured import _found

    class Thrown:
        def __init__(self, name, message, cause=None):
            self.name, self.message, self.cause = name, message, cause

        def getClass(self):
            return self

        def getName(self):
            return self.name

        def getMessage(self):
            return self.message

        def getCause(self):
            return self.cause

    text = (
        "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent "
        "failure: Lost task 0.3 in stage 1.0 (TID 7) (host executor 1): tfpredict.InputException: "
        "[TFPREDICT_INPUT_LENGTH] An array has another length. Model: /m (version 1)."
        "\n\tat tfpredict.batch.Window.run(Window.scala:1)\n"
    )
    failed = Thrown("org.apache.spark.SparkException", text)
    job = Thrown("org.apache.spark.SparkException", "Job aborted.", failed)
    sentence = "[TFPREDICT_INPUT_LENGTH] An array has another length. Model: /m (version 1)."
    assert _found(job) == (tfpredict.InputException, "TFPREDICT_INPUT_LENGTH", sentence)
    ours = Thrown("tfpredict.ModelLoadException", "[TFPREDICT_OTHER] outer", failed)
    # An exception says itself which class it has, whatever its text is.
    ours.getErrorClass = lambda: "TFPREDICT_CHECKSUM"
    assert _found(Thrown("x.Y", None, ours)) == (
        tfpredict.ModelLoadException,
        "TFPREDICT_CHECKSUM",
        "[TFPREDICT_OTHER] outer",
    )
    assert _found(Thrown("x.Y", "tfpredict.OtherException: a")) is None


def test_both_lists_of_exceptions_agree():
    scala = (ROOT / "scala/src/main/scala/tfpredict/errors.scala").read_text()
    named = set(re.findall(r"final class (\w+Exception) ", scala))
    own = {name for name in vars(errors) if name.endswith("Exception")}
    assert named | {"TfpredictException"} == own
    assert own <= set(tfpredict.__all__)


@pytest.mark.parametrize("value", [np.ones((2, 2)), [1.0, 2.0], 3, None, {"inputs": 1}])
def test_values_are_no_columns(spark, models, value):
    with pytest.raises(TypeError, match=r"a column or its name as argument 1 of predict"):
        tfpredict.predict(models / "linear", value)
