"""Ops and attributes that came after TensorFlow 1.15: SQL answers as TensorFlow does."""

from __future__ import annotations

import numpy as np
import pytest
import tfpredict
from answers import TOLERANCE, difference

tf = pytest.importorskip("tensorflow", reason="models are made here")

FLOATS = [tf.TensorSpec([None], tf.float32, name="x")]


class Datasets(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def looped(self, x):
        total = tf.zeros([tf.shape(x)[0]])
        for column in tf.data.Dataset.range(3):
            total += tf.gather(x, column, axis=1)
        return {"y": total}


class Loops(tf.Module):
    """Lists that grow as they are written."""

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int64, name="x")])
    def generated(self, x):
        out = tf.TensorArray(tf.int64, 0, dynamic_size=True, element_shape=[None])
        now, k = x[:, -1], 0
        while tf.reduce_any(now > 0):
            now = tf.maximum(now - 3, 0)
            out = out.write(k, now)
            k += 1
        return {"y": tf.transpose(out.stack())}

    @tf.function(input_signature=FLOATS)
    def gathered(self, x):
        out = tf.TensorArray(tf.float32, 1, dynamic_size=True, element_shape=[])
        for k in tf.range(tf.shape(x)[0]):
            # Also behind the end, and what is there already.
            out = out.write(tf.shape(x)[0] - 1 - k, x[k])
        return {"y": tf.reverse(out.stack(), [0])}


def column(spark, folder, module, name, rows, of):
    """What SQL gives for each row, in batches of several rows."""
    tf.saved_model.save(module, str(folder / name / "1"), signatures=getattr(module, name))
    tfpredict.register(spark, folder / name, f"newer_{name}")
    table = spark.createDataFrame([(i, row) for i, row in enumerate(rows)], f"id int, x {of}")
    found = table.coalesce(1).selectExpr("id", f"newer_{name}(x) AS y").collect()
    return [row.y for row in sorted(found)]


def test_a_loop_over_a_dataset(spark, tmp_path):
    rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    own = Datasets().looped(tf.constant(rows))["y"].numpy()
    found = column(spark, tmp_path, Datasets(), "looped", rows, "array<float>")
    assert difference(np.array(found, own.dtype), own) <= TOLERANCE


def test_a_list_that_grows_with_the_longest_row(spark, tmp_path):
    rows = [[5, 9], [2, 4], [7, 1], [1, 12]]
    own = Loops().generated(tf.constant(rows, tf.int64))["y"].numpy()
    assert column(spark, tmp_path, Loops(), "generated", rows, "array<bigint>") == own.tolist()


def test_a_list_is_written_behind_its_end_and_before(spark, tmp_path):
    rows = [1.0, 2.0, 3.0]
    assert column(spark, tmp_path, Loops(), "gathered", rows, "float") == rows
