"""Predictions as a step of `DataFrame.transform`."""

from __future__ import annotations

import inspect

import pytest
import tfpredict
from pyspark.sql import functions as F


@pytest.fixture(scope="module")
def rows(spark):
    return spark.createDataFrame([([1.0, 2.0],), ([3.0, 5.0],)], "features array<float>")


def test_a_step_adds_one_column(rows, models):
    linear = models / "linear"
    found = rows.transform(tfpredict.with_predictions(linear, "features", output="y"))
    assert found.columns == ["features", "y"]
    plain = rows.withColumn("y", tfpredict.predict(linear, "features"))
    assert found.collect() == plain.collect()


def test_steps_follow_each_other_and_other_steps(rows, models):
    linear = models / "linear"
    found = (
        rows.transform(tfpredict.with_predictions(linear, inputs=F.col("features")))
        .transform(lambda table: table.where("prediction > 3.5"))
        .transform(
            tfpredict.with_predictions(
                linear, {"inputs": "features"}, output="prediction", model_version=True
            )
        )
    )
    # The second replaces the column of the first.
    assert found.columns == ["features", "prediction"]
    (row,) = found.collect()
    assert (row.features, row.prediction.model_version) == ([3.0, 5.0], 1)


def test_what_is_wrong_is_raised_where_the_step_runs(rows, models):
    step = tfpredict.with_predictions("no/such/model", "features")
    with pytest.raises(tfpredict.ModelNotFoundException):
        rows.transform(step)
    wrong = r"^\[TFPREDICT_ARGUMENT_TYPE\] .*Expected: a str for output\. Found: 3\. "
    with pytest.raises(TypeError, match=wrong):
        tfpredict.with_predictions(models / "linear", "features", output=3)


def test_it_has_the_options_of_predict():
    def options(function) -> dict[str, object]:
        parameters = inspect.signature(function).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}

    expected = {"output": "prediction", **options(tfpredict.predict)}
    assert options(tfpredict.with_predictions) == expected
