"""Small `tf.Module`s for the tests, each for what it shows."""

from __future__ import annotations

from pathlib import Path

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
        return {"y": tf.raw_ops.Spence(x=x)}

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
