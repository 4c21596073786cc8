"""Inputs and outputs of dtypes that Spark has no type for: wider in SQL, the model's own within."""

from __future__ import annotations

import numpy as np
import pytest
import tfpredict
from answers import difference

tf = pytest.importorskip("tensorflow", reason="models are made here")

INTEGERS = {
    "int8": ("int", -128, 127),
    "int16": ("int", -32768, 32767),
    "uint16": ("int", 0, 65535),
    "uint32": ("bigint", 0, 2**32 - 1),
    "uint64": ("bigint", 0, 2**63 - 1),
}
FLOATS = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38}


def same(dtype):
    class Same(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 2], dtype, name="x")])
        def __call__(self, x):
            return {
                "fed": x,
                "y": tf.reverse(x, axis=[1]),
                "z": tf.shape(x)[:1] + 0 * tf.shape(x)[0],
            }

    return Same()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    for dtype in (*INTEGERS, *FLOATS):
        tf.saved_model.save(same(tf.as_dtype(dtype)), str(folder / dtype / "1"))
    return folder


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_are_the_wider_ones_and_hold_all_values(spark, saved, dtype):
    of, low, high = INTEGERS[dtype]
    model = tfpredict.register(spark, saved / dtype, f"same_{dtype}", outputs=["fed", "y"])
    (x,) = model.inputs
    assert x.describe() == f"x int{32 if of == 'int' else 64}[?, 2]"
    rows = [[low, high], [high, low], [0, 1]]
    table = spark.createDataFrame([(row,) for row in rows], f"x array<{of}>").coalesce(1)
    found = table.selectExpr(f"same_{dtype}(x) AS r").select("r.*")
    assert found.schema.simpleString() == f"struct<fed:array<{of}>,y:array<{of}>>"
    assert [(row.fed, row.y) for row in found.collect()] == [(row, row[::-1]) for row in rows]


def beyond():
    """One value less and one more than each dtype holds, where a BIGINT holds it."""
    for dtype, (of, low, high) in INTEGERS.items():
        for wrong in (low - 1, high + 1):
            if -(2**63) <= wrong < 2**63:
                yield pytest.param(dtype, of, wrong, id=f"{dtype}-{wrong}")


@pytest.mark.parametrize(("dtype", "of", "wrong"), beyond())
def test_a_value_that_the_dtype_does_not_hold_is_an_error(spark, saved, dtype, of, wrong):
    tfpredict.register(spark, saved / dtype, f"whole_{dtype}", outputs=["y"])
    table = spark.createDataFrame([([1, 2],), ([3, wrong],)], f"x array<{of}>").coalesce(1)
    with pytest.raises(tfpredict.InputException, match=f"Input x of {dtype}, which holds no such"):
        table.selectExpr(f"whole_{dtype}(x)").collect()
    tfpredict.register(spark, saved / dtype, f"null_{dtype}", outputs=["y"], on_error="null")
    assert [row[0] for row in table.selectExpr(f"null_{dtype}(x)").collect()] == [[2, 1], None]
    # Also where no row of the batch has an answer.
    only = table.where(f"x[1] = {wrong}L")
    assert [row[0] for row in only.selectExpr(f"null_{dtype}(x)").collect()] == [None]


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats_are_float32_rounded_once(spark, saved, dtype):
    tfpredict.register(spark, saved / dtype, f"same_{dtype}", outputs=["fed", "y"])
    top = FLOATS[dtype]
    rows = [
        [0.1, -1.0],
        [1 / 3, 1e-7],
        [top, float("inf")],
        [float("nan"), 1.00390625],
        [2049.0, 257.0],
    ]
    table = spark.createDataFrame([(row,) for row in rows], "x array<float>").coalesce(1)
    found = table.selectExpr(f"same_{dtype}(x) AS r").select("r.*").collect()
    own = tf.cast(tf.cast(np.array(rows, "float32"), dtype), tf.float32).numpy()
    assert difference(np.array([row.fed for row in found], "float32"), own) == 0
    assert difference(np.array([row.y for row in found], "float32"), own[:, ::-1]) == 0


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_number_that_would_be_infinite_is_an_error(spark, saved, dtype):
    tfpredict.register(spark, saved / dtype, f"finite_{dtype}", outputs=["y"])
    over = 65520.0 if dtype == "float16" else 3.4e38
    table = spark.createDataFrame([([1.0, over],)], "x array<float>")
    with pytest.raises(tfpredict.InputException, match=f"Input x of {dtype}, which holds no such"):
        table.selectExpr(f"finite_{dtype}(x)").collect()


def test_an_output_that_no_column_holds_is_an_error(spark, tmp_path):
    class Large(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.int64, name="x")])
        def __call__(self, x):
            return {"y": tf.cast(x, tf.uint64) * tf.constant(2, tf.uint64)}

    tf.saved_model.save(Large(), str(tmp_path / "1"))
    tfpredict.register(spark, tmp_path, "large", on_error="struct")
    rows = (
        spark.range(1, 4)
        .coalesce(1)
        .selectExpr("large(CASE WHEN id = 2 THEN 4611686018427387904 ELSE id END) AS r")
    )
    found = rows.select("r.*").collect()
    assert [row[0] for row in found] == [2, None, 6]
    assert "Output y of uint64 as int64, which holds no such value" in found[1].error


def test_what_is_fed_in_the_middle_of_a_graph_is_wider_too(spark, tmp_path):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.int8, [None], name="x")
        inner = tf.add(x, x, name="inner")
        optional = v1.placeholder_with_default(tf.constant([7], tf.int8), [None], name="optional")
        y = tf.add(inner, optional)
        one = v1.saved_model.predict_signature_def({"inner": inner}, {"y": y, "back": inner})
        all_ = v1.saved_model.predict_signature_def({"x": x, "optional": optional}, {"y": y})
        builder = v1.saved_model.Builder(str(tmp_path / "m"))
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"serving_default": one, "all": all_}
        )
        builder.save()
    tfpredict.register(spark, tmp_path / "m", "inner_fed")
    tfpredict.register(spark, tmp_path / "m", "all_fed", signature="all")
    row = spark.sql("SELECT inner_fed(5) AS a, all_fed(3, 4) AS b").first()
    assert (row.a.back, row.a.y, row.b) == (5, 12, 11)
    with pytest.raises(tfpredict.InputException, match="Input inner of int8"):
        spark.sql("SELECT inner_fed(200)").collect()
