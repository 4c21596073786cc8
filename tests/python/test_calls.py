"""How Python names and calls a model: by position, by name, and what is no column."""

from __future__ import annotations

import re

import numpy as np
import pytest
import tfpredict
from pyspark.errors import AnalysisException, IllegalArgumentException
from pyspark.sql.functions import col, lit


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A model of three inputs of one type, whose answer tells which was which."""
    import tensorflow as tf

    names = ("ids", "mask", "version")

    class Mixed(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name=n) for n in names])
        def __call__(self, ids, mask, version):
            return {"y": 100 * ids + 10 * mask + version, "loss": ids * 0}

    path = tmp_path_factory.mktemp("models") / "mixed"
    tfpredict.export(Mixed(), path)
    return path


@pytest.fixture(scope="module")
def table(spark):
    frame = spark.createDataFrame(
        [(3.0, 2.0, 1.0, 9.0)], "version float, mask float, ids float, x float"
    )
    frame.createOrReplaceTempView("mixed_rows")
    return frame


def value(frame, column):
    return frame.select(column.alias("y")).first().y


def test_columns_with_the_inputs_names_are_not_swapped(spark, table, mixed):
    tfpredict.register(spark, mixed, "mixed", outputs="y")
    for call in ("mask, version, ids", "version, ids, mask", "ids, mask, version"):
        assert spark.sql(f"SELECT mixed({call}) FROM mixed_rows").first()[0] == 123.0
    found = spark.sql("SELECT mixed(*) FROM (SELECT version, mask, ids FROM mixed_rows)")
    assert found.first()[0] == 123.0
    assert value(table, tfpredict.predict(mixed, "mask", "version", "ids", outputs="y")) == 123.0
    with pytest.raises(
        AnalysisException, match="the column mask as argument 1, which by position is the input ids"
    ):
        spark.sql("SELECT mixed(mask, x, version) FROM mixed_rows")


def test_inputs_by_keyword_and_by_dict(table, mixed):
    def y(*columns, **inputs):
        return value(table, tfpredict.predict(mixed, *columns, outputs=["y"], **inputs))

    # `version` is an option's name too: it goes by position or in the dict.
    assert y({"version": "x", "ids": "ids", "mask": col("mask")}) == 129.0
    assert y({"version": "x"}, mask="ids", ids="mask") == 219.0
    assert y("ids", "mask", "version") == 123.0
    with pytest.raises(AnalysisException, match="Found: idz, which is no input"):
        y({"version": "x", "mask": "mask"}, idz="ids")
    with pytest.raises(TypeError, match="Found: ids twice, in the dict and by keyword"):
        y({"ids": "ids"}, ids="ids")
    with pytest.raises(AnalysisException, match="Found: no argument for the input version"):
        y(ids="ids", mask="mask")


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 2)), [1.0, 2.0], 3.5, None, (1,), b"x", {"a"}], ids=repr
)
def test_what_is_no_column(spark, models, wrong):
    with pytest.raises(TypeError, match=r"a column or its name as argument 1 of predict. Found: "):
        tfpredict.predict(models / "linear", wrong)
    with pytest.raises(TypeError, match=r"as argument inputs of predict. .*createDataFrame"):
        tfpredict.predict(models / "linear", inputs=wrong)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        (
            {"path": None},
            TypeError,
            "a str or a path, the folder of a model, for path. Found: None.",
        ),
        ({"path": 3}, TypeError, "for path. Found: 3."),
        ({"path": b"x"}, TypeError, "for path. Found: b'x'."),
        ({"path": ""}, ValueError, "Expected: the folder of a model for path. Found: ''."),
        ({"name": None}, TypeError, "Expected: a str for name. Found: None."),
        ({"tags": None}, TypeError, "Expected: a sequence of str for tags, such as"),
        ({"tags": [1]}, TypeError, "Found: [1]."),
        ({"outputs": 3}, TypeError, "Expected: a sequence of str for outputs, such as"),
        ({"signature": None}, TypeError, "Expected: a str for signature. Found: None."),
        ({"version": 1.5}, TypeError, "for version. Found: 1.5."),
        ({"version": True}, TypeError, "for version. Found: True."),
        ({"version": -1}, ValueError, "for version. Found: -1."),
        (
            {"batch_size": "8"},
            TypeError,
            "Expected: at least 1, or None, for batch_size. Found: '8'.",
        ),
        ({"batch_size": 2**40}, ValueError, "for batch_size. Found: 1099511627776."),
        ({"on_error": ["null"]}, ValueError, "for on_error. Found: ['null']."),
        (
            {"model_version": "yes"},
            TypeError,
            "Expected: True or False for model_version. Found: 'yes'.",
        ),
        ({"replace": 1}, TypeError, "Expected: True or False for replace. Found: 1."),
    ],
    ids=str,
)
def test_other_words_are_refused_by_name(spark, models, options, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        tfpredict.register(spark, **{"path": models / "linear", "name": "odd", **options})


def test_one_string_where_a_list_is_wanted(spark, models, mixed):
    (loss,) = tfpredict.register(spark, mixed, "one", outputs="loss").outputs
    assert loss.describe() == "loss float32[?]"
    assert tfpredict.register(spark, models / "linear", "one", tags="serve").version == 1
    with pytest.raises(tfpredict.SignatureException, match=r"serve, tpu|tpu, serve"):
        tfpredict.register(spark, models / "linear", "one", tags="serve,tpu")
    with pytest.raises(TypeError, match='param "tags"'):
        tfpredict.ml.SavedModelTransformer(tags="serve,gpu")


def test_null_of_no_type_and_json_that_is_all_null(spark, models, tmp_path):
    tfpredict.register(spark, models / "linear", "nulls")
    assert spark.sql("SELECT nulls(NULL), nulls(named_struct('inputs', NULL))").first() == (
        None,
        None,
    )
    (tmp_path / "n.json").write_text('{"x": null}\n')
    with pytest.raises(
        AnalysisException,
        match=r"Found: string for inputs. Fix: CAST the column. Spark reads a column of JSON",
    ):
        spark.read.json(str(tmp_path / "n.json")).selectExpr("nulls(x)")


def test_names_that_are_taken_and_given_back(spark, models):
    with pytest.raises(IllegalArgumentException, match="Found: sum, which is one of Spark's own"):
        tfpredict.register(spark, models / "linear", "sum")
    tfpredict.register(spark, models / "linear", "sum", replace=True)
    assert "sum" in [model.name for model in tfpredict.registered(spark)]
    tfpredict.unregister(spark, "sum")
    assert spark.range(4).selectExpr("sum(id)").first()[0] == 6
    assert "sum" not in [model.name for model in tfpredict.registered(spark)]
    with pytest.raises(
        IllegalArgumentException, match=r"TFPREDICT_FUNCTION_NOT_FOUND.* Found: sum. Fix: "
    ):
        tfpredict.unregister(spark, "sum")


def test_settings_of_a_session(spark, models):
    with pytest.raises(IllegalArgumentException, match="this setting to be made when Spark starts"):
        spark.sql("SET spark.tfpredict.disk.path=/x")
    with pytest.raises(AnalysisException, match=r"spark.tfpredict.disk.path"):
        spark.conf.set("spark.tfpredict.disk.path", "/x")
    with pytest.raises(IllegalArgumentException, match=r"Did you mean spark.tfpredict.batch.rows"):
        spark.sql("SET spark.tfpredict.batch.row=8")
    tfpredict.register(spark, models / "linear", "counted")
    query = "SELECT counted(array(id, 1)) FROM range(9)"
    spark.sql("SET spark.tfpredict.batch.rows=4")
    try:
        assert "batches of up to 4 rows" in spark.sql(f"EXPLAIN {query}").first()[0]
    finally:
        spark.sql("RESET spark.tfpredict.batch.rows")
    assert "batches of up to 8192 rows" in spark.sql(f"EXPLAIN {query}").first()[0]
    assert value(spark.range(1), tfpredict.predict(models / "scores", lit(4.0))) == 2.0
