"""Small `tf.Module`s for the tests, each for what it shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf


class Scores(tf.Module):
    """Rank 1 in and out, and branches."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def __call__(self, x):
        return {"score": tf.where(x > 0, tf.sqrt(tf.abs(x)), -x)}


class Integers(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.int64, name="ids")])
    def __call__(self, ids):
        return {"total": tf.reduce_sum(ids, axis=1)}


def typed(dtype: tf.DType) -> tf.Module:
    """What goes in comes out, in the same dtype and shape, with the row's number of elements."""

    class Same(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 2, 2], dtype, name="x")])
        def __call__(self, x):
            return {
                "same": tf.identity(x),
                "first": x[:, 0, 0],
                "size": tf.fill(tf.shape(x)[:1], 4),
            }

    return Same()


class Lookup(tf.Module):
    """A vocabulary table that is filled from the model's own assets."""

    def __init__(self, folder: Path):
        super().__init__()
        words = folder / "words.txt"
        words.write_text("apple\npear\nplum\n")
        self.words = tf.saved_model.Asset(str(words))
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(
                self.words,
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
            ),
            default_value=-1,
        )

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="word")])
    def __call__(self, word):
        return {"index": self.table.lookup(word), "upper": tf.strings.upper(word)}


class Newest(tf.Module):
    """Ops that 1.15 lacks and the adapter expresses by others, one signature each."""

    def _signature(self, function, *shape, dtype=tf.float32):
        specs = [tf.TensorSpec(shape, dtype, name="x")]
        return tf.function(lambda x: {"y": function(x)}, input_signature=specs)

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(4)
        self.filters = [
            tf.Variable(rng.normal(size=size).astype("float32"))
            for size in ((3, 3, 2, 6), (3, 3, 1, 8))
        ]
        two, one = self.filters
        ids, x4 = {"dtype": tf.int64}, (None, 6, 5, 4)

        def bincount(ids, weights=(), binary=False):
            return tf.raw_ops.DenseBincount(
                input=ids, size=tf.constant(5, tf.int64), weights=weights, binary_output=binary
            )

        def ragged(ids):
            lengths = tf.range(tf.shape(ids)[0]) % 4
            rows = tf.RaggedTensor.from_tensor(ids, lengths=lengths)
            return tf.raw_ops.RaggedBincount(
                splits=rows.row_splits,
                values=rows.flat_values,
                size=tf.constant(5, tf.int64),
                weights=tf.zeros([0], tf.float32),
            )

        self.serving = {
            "groups": self._signature(lambda x: tf.nn.conv2d(x, two, 1, "VALID"), *x4),
            "groups_strides": self._signature(lambda x: tf.nn.conv2d(x, two, 2, "SAME"), *x4),
            "groups_dilated": self._signature(
                lambda x: tf.nn.conv2d(x, two, 1, "SAME", dilations=2), *x4
            ),
            "depthwise": self._signature(lambda x: tf.nn.conv2d(x, one, 1, "SAME"), *x4),
            "counts": self._signature(
                lambda x: bincount(x, tf.zeros([0], tf.float32)), None, 7, **ids
            ),
            "weighted": self._signature(
                lambda x: bincount(x, tf.cast(x, tf.float64) / 3), None, 7, **ids
            ),
            "binary": self._signature(
                lambda x: bincount(x, tf.zeros([0], tf.int32), binary=True), None, 7, **ids
            ),
            "ragged": self._signature(ragged, None, 7, **ids),
            "diagonal": self._signature(tf.linalg.diag_part, None, 3, 3),
        }


class Reads(tf.Module):
    """Programs that reach out of the model: in the graph's functions, and behind a table."""

    def __init__(self):
        super().__init__()
        words = tf.TensorSpec([None], tf.string, name="path")

        def read(path):
            return {"text": tf.map_fn(tf.io.read_file, path)}

        def script(path):
            return {"text": tf.ensure_shape(tf.py_function(lambda p: p, [path], tf.string), [None])}

        def matching(path):
            return {"text": tf.io.matching_files(path)}

        self.serving = {
            function.__name__: tf.function(function, input_signature=[words])
            for function in (read, script, matching)
        }


class FixedBatch(tf.Module):
    """Exactly three rows at a time, each told how many there are."""

    @tf.function(input_signature=[tf.TensorSpec([3, 2], tf.float32, name="x")])
    def __call__(self, x):
        return {"y": tf.reduce_sum(x, axis=1) + 100.0 * tf.cast(tf.shape(x)[0], tf.float32)}


class Ragged(tf.Module):
    """Each row's own length and sum, and how many rows came with it."""

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int64, name="ids")])
    def __call__(self, ids):
        rows = tf.shape(ids, out_type=tf.int64)
        return {
            "batch": tf.fill(rows[:1], rows[0]),
            "doubled": 2 * ids,
            "total": tf.reduce_sum(ids, axis=1),
        }


class Halves(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float16, name="x")])
    def __call__(self, x):
        return {"y": x}


class AnyLength(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, name="x")])
    def __call__(self, x):
        return {"total": tf.reduce_sum(x, axis=1)}


class Newer(tf.Module):
    """Two signatures: one needs an op that 1.15 lacks, inside a function that it calls."""

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def newer(self, x):
        counts = tf.raw_ops.Ndtri(x=x)
        return {"counts": counts}

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def plain(self, x):
        return {"sum": tf.reduce_sum(x, axis=1)}


class Summed(tf.Module):
    """One result for the whole batch, not one for each row."""

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def __call__(self, x):
        total = tf.reduce_sum(x, keepdims=True)
        # The signature says [None, 1], which is more than the graph keeps.
        return {"total": tf.raw_ops.PlaceholderWithDefault(input=total, shape=[None, 1])}
