"""Python calls the JVM: TensorFlow's own answers, and one sentence where something is wrong."""

from __future__ import annotations

import numpy as np
import pytest
import tfpredict
from pyspark.errors import AnalysisException, IllegalArgumentException


def close(found, expected):
    found, expected = np.array(found, "float64"), np.array(expected, "float64")
    assert found.shape == expected.shape
    difference = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
    assert difference.max() <= 1e-5


@pytest.fixture(scope="module")
def table(spark, golden):
    """A view for each model, of its rows as they are nested, with an id."""
    for name, kept in golden.items():
        rows = [(index, row) for index, row in enumerate(kept["rows"])]
        depth = np.ndim(kept["rows"]) - 1
        column = "array<" * depth + "float" + ">" * depth
        spark.createDataFrame(rows, f"id int, features {column}").createOrReplaceTempView(name)
    return golden


@pytest.mark.parametrize("name", ["linear", "images", "pictures", "lstm", "scores"])
def test_sql_answers_as_tensorflow_does(spark, models, table, name):
    tfpredict.register(spark, models / name, f"{name}_predict")
    found = spark.sql(f"SELECT {name}_predict(features) AS y FROM {name} ORDER BY id").collect()
    expected = np.array(table[name]["answers"])
    close([row.y for row in found], expected.reshape([n for n in expected.shape if n != 1]))


def test_the_golden_numbers(spark, models):
    tfpredict.register(spark, str(models / "linear"))
    rows = spark.createDataFrame(
        [([1.0, 2.0],), ([3.0, 5.0],), ([7.0, 8.0],)], "features array<float>"
    )
    rows.createOrReplaceTempView("t")
    found = spark.sql("SELECT features, tfpredict(features) AS y_preds FROM t").collect()
    close([row.y_preds for row in found], [3.019596, 3.9264367, 8.828995])
    assert found[0].asDict().keys() == {"features", "y_preds"}


def test_what_was_decided(spark, models):
    model = tfpredict.register(spark, models / "linear", "decided")
    assert model == tfpredict.RegisteredModel(
        name="decided",
        path=str(models / "linear"),
        version=1,
        signature="serving_default",
        fingerprint=model.fingerprint,
        inputs=model.inputs,
        outputs=model.outputs,
    )
    assert [tensor.describe() for tensor in model.inputs] == ["inputs float32[?, 2]"]
    assert [tensor.describe() for tensor in model.outputs] == ["outputs float32[?, 1]"]
    assert len(model.fingerprint) == 16
    unversioned = tfpredict.register(spark, models / "linear" / "1", "decided")
    assert unversioned.version is None
    assert tfpredict.register(spark, models / "linear", "decided", version=1).version == 1


def test_predict_takes_columns_and_names(spark, models, table):
    from pyspark.sql.functions import array, col, lit

    frame = spark.table("linear").orderBy("id")
    path = models / "linear"
    for column in ("features", col("features")):
        found = frame.select(tfpredict.predict(path, column)).collect()
        close([row[0] for row in found], np.ravel(table["linear"]["answers"]))
    two = tfpredict.predict(models / "two_inputs", array(lit(1), lit(2)), lit(4))
    assert spark.range(1).select(two).first()[0] == 7.0
    assert spark.range(1).select(
        tfpredict.predict(models / "newer", array(lit(1), lit(2)), signature="plain")
    ).first() == (3.0,)


def test_outputs_are_chosen_and_arguments_may_be_a_struct(spark, models):
    model = tfpredict.register(spark, models / "lookup", "look_up", outputs=["upper", "index"])
    assert [tensor.describe() for tensor in model.inputs] == ["word string[?]"]
    assert [tensor.describe() for tensor in model.outputs] == ["upper string[?]", "index int64[?]"]
    assert [tensor.spark_type for tensor in model.outputs] == ["STRING", "BIGINT"]
    found = spark.sql("SELECT look_up(w) AS y FROM VALUES ('plum'), ('none') AS t(w)").collect()
    assert [tuple(row.y) for row in found] == [("PLUM", 2), ("NONE", -1)]
    frame = spark.sql("SELECT named_struct('B', 4, 'a', array(1, 2)) AS both")
    assert frame.select(tfpredict.predict(models / "two_inputs", "both")).first() == (7.0,)
    with pytest.raises(tfpredict.SignatureException, match=r"some of the outputs index, upper"):
        tfpredict.register(spark, models / "lookup", outputs=["lower"])


def test_no_model_there(spark, models, tmp_path, copy_of):
    with pytest.raises(tfpredict.ModelNotFoundException) as refused:
        tfpredict.register(spark, tmp_path / "none")
    message = str(refused.value)
    assert message.startswith(
        "[TFPREDICT_MODEL_NOT_FOUND] There is no model at this path. "
        f"Model: {tmp_path}/none (unversioned, signature serving_default). "
    )
    assert "Expected: a folder. Found: no such folder. Fix: Check the path" in message
    assert "\n" not in message
    with pytest.raises(tfpredict.ModelNotFoundException, match=r"Found: an empty folder"):
        tfpredict.register(spark, tmp_path)
    with pytest.raises(tfpredict.ModelNotFoundException, match=r"complete versions: 1"):
        tfpredict.register(spark, models / "linear", version=7)
    half = copy_of("linear")
    (half / "1" / "saved_model.pb").unlink()
    with pytest.raises(tfpredict.ModelNotFoundException, match=r"only incomplete versions"):
        tfpredict.register(spark, half)


def test_a_model_that_cannot_serve(spark, models, copy_of):
    with pytest.raises(tfpredict.SignatureException, match=r"Found: signatures: serving_default"):
        tfpredict.register(spark, models / "linear", signature="none")
    with pytest.raises(tfpredict.SignatureException, match=r"graphs with \{serve\}"):
        tfpredict.register(spark, models / "linear", tags=["serve", "gpu"])
    with pytest.raises(tfpredict.UnsupportedModelException, match=r"op Spence at node"):
        tfpredict.register(spark, models / "newer")
    damaged = copy_of("linear")
    (damaged / "1" / "saved_model.pb").write_bytes(b"\xff" * 64)
    with pytest.raises(
        tfpredict.ModelLoadException, match=r"with the checksum .* as it was exported"
    ):
        tfpredict.register(spark, damaged)
    (damaged / "1" / "assets.extra" / "tfpredict_sha256").unlink()
    with pytest.raises(tfpredict.ModelLoadException, match=r"a damaged .*saved_model.pb"):
        tfpredict.register(spark, damaged)


def test_wrong_columns_fail_at_analysis(spark, models):
    tfpredict.register(spark, models / "linear")
    with pytest.raises(AnalysisException, match=r"array<float> for input inputs .* Found: string"):
        spark.sql("SELECT tfpredict('text')")
    with pytest.raises(
        AnalysisException, match=r"Expected: 1 argument, for inputs .* Found: 2 arguments"
    ):
        spark.sql("SELECT tfpredict(array(1, 2), 3)")
    with pytest.raises(
        IllegalArgumentException, match=r"Expected: letters, digits and underscores"
    ):
        tfpredict.register(spark, models / "linear", "no name")


def test_wrong_rows_fail_the_job_with_the_reason(spark, models):
    tfpredict.register(spark, models / "linear")
    for array, reason in (
        (
            "array(id, 2, 3)",
            "length 2 at depth 1 in input inputs (float32[?, 2]). Found: length 3, in row",
        ),
        (
            "array(id, CAST(NULL AS INT))",
            "an array without nulls in input inputs (float32[?, 2]). Found: a null at index 1, in ",
        ),
    ):
        with pytest.raises(tfpredict.InputException) as failed:
            spark.sql(f"SELECT tfpredict({array}) FROM range(1)").collect()
        assert reason in str(failed.value)
    assert spark.sql("SELECT tfpredict(CAST(NULL AS array<float>))").first() == (None,)


def test_files_that_change_after_registration_are_not_run(spark, copy_of):
    model = copy_of("linear")
    tfpredict.register(spark, model, "changing")
    query = spark.sql("SELECT changing(array(id, 2)) FROM range(1)")
    file = model / "1" / "variables" / "variables.data-00000-of-00001"
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(Exception, match=r"the files that the driver saw"):
        query.collect()


def test_sql_predicts_in_batches(spark, models):
    tfpredict.register(spark, models / "ragged", "ragged", outputs=["batch"], batch_size=8)
    rows = spark.range(0, 100, 1, 2).selectExpr("array(id, id) AS ids")
    rows.createOrReplaceTempView("ids")
    query = spark.sql("SELECT ragged(ids) AS batch FROM ids")
    sizes = [row.batch for row in query.collect()]
    # The model says how many rows came with each.
    assert sizes == ([8] * 48 + [2] * 2) * 2
    assert "batches of up to 8 rows" in query._jdf.queryExecution().executedPlan().toString()
    with pytest.raises(ValueError, match=r"for batch_size. Found: 0"):
        tfpredict.register(spark, models / "ragged", batch_size=0)
