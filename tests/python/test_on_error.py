"""Rows that a model cannot take, and results that tell the model's version, from PySpark."""

from __future__ import annotations

import pytest
import tfpredict
from pyspark.sql import Row


@pytest.fixture(scope="module")
def table(spark):
    rows = [(0, [1.0, 2.0]), (1, [1.0]), (2, None), (3, [3.0, None]), (4, [0.0, 0.0])]
    return spark.createDataFrame(rows, "id int, features array<float>")


def test_fail_names_the_row(spark, models, table):
    call = tfpredict.predict(models / "linear", "features")
    with pytest.raises(Exception, match=r"Found: length 1, in row 1 of partition"):
        table.where("id = 1").coalesce(1).select(call).collect()


def test_null_costs_only_the_row(spark, models, table):
    call = tfpredict.predict(models / "linear", "features", on_error="null")
    found = [row.y is None for row in table.orderBy("id").select(call.alias("y")).collect()]
    assert found == [False, True, True, True, False]


def test_struct_gives_value_error_and_version(spark, models, table):
    call = tfpredict.predict(models / "linear", "features", on_error="struct", model_version=True)
    rows = table.orderBy("id").select(call.alias("y")).collect()
    found = [row.y for row in rows]
    assert found[0] == Row(value=pytest.approx(3.0195961), error=None, model_version=1)
    assert found[1].value is None
    assert "Expected: length 2 at depth 1 in input inputs (float32[?, 2])." in found[1].error
    assert found[2] == Row(value=None, error=None, model_version=1)
    assert "a null at index 1" in found[3].error


def test_another_word_is_refused(models):
    with pytest.raises(ValueError, match=r"'fail', 'null' or 'struct' for on_error. Found: 'skip'"):
        tfpredict.predict(models / "linear", "features", on_error="skip")
