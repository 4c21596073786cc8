"""Makes the small SavedModels that the tests of both languages use, with TensorFlow's own answers.

Written beside this file into ``made/``: a folder for each model, and ``golden.json`` with rows and
the answers that TensorFlow gives for them in Python.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tfpredict

MADE = Path(__file__).parent / "made"

# The weights behind the numbers that the original walk-through prints.
GOLDEN_KERNEL, GOLDEN_BIAS = [[1.9978589], [-1.0296257]], [3.0809885]


def linear() -> keras.Model:
    inputs = keras.layers.Input(shape=(2,), name="inputs")
    model = keras.Model(inputs, keras.layers.Dense(1, name="outputs")(inputs))
    model.layers[1].set_weights([np.array(GOLDEN_KERNEL), np.array(GOLDEN_BIAS)])
    return model


def images() -> keras.Model:
    keras.utils.set_random_seed(7)
    return keras.Sequential(
        [
            keras.layers.Input(shape=(4, 3, 2), name="image"),
            keras.layers.Conv2D(5, 3, padding="same", activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax", name="probabilities"),
        ]
    )


def pictures() -> keras.Model:
    """Image to image: a result of rank 3 a row."""
    keras.utils.set_random_seed(8)
    inputs = keras.layers.Input(shape=(4, 3, 2), name="image")
    return keras.Model(inputs, keras.layers.Conv2D(2, 1, name="picture")(inputs))


def two_inputs() -> keras.Model:
    a = keras.layers.Input(shape=(2,), name="a")
    b = keras.layers.Input(shape=(1,), name="b")
    total = keras.layers.Dense(1, kernel_initializer="ones", name="total")
    return keras.Model([a, b], total(keras.layers.Concatenate()([a, b])))


def two_outputs() -> keras.Model:
    inputs = keras.layers.Input(shape=(2,), name="x")
    return keras.Model(
        inputs, [keras.layers.Dense(1, name="p")(inputs), keras.layers.Dense(2, name="q")(inputs)]
    )


def lstm() -> keras.Model:
    """Library functions within functions: a while loop with its own body."""
    keras.utils.set_random_seed(9)
    inputs = keras.layers.Input(shape=(5, 3), name="steps")
    return keras.Model(inputs, keras.layers.LSTM(4, name="state")(inputs))


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


def grouped_3d() -> keras.Model:
    """What 1.15 would get wrong without a word."""
    keras.utils.set_random_seed(10)
    inputs = keras.layers.Input(shape=(4, 5, 3, 2), name="x")
    return keras.Model(inputs, keras.layers.Conv3D(4, 2, groups=2, name="y")(inputs))


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


def main() -> None:
    shutil.rmtree(MADE, ignore_errors=True)
    rng = np.random.default_rng(3)
    golden: dict[str, dict[str, list]] = {}

    def keep(name: str, model, rows: np.ndarray) -> None:
        tfpredict.export(model, MADE / name)
        answers = model(rows)
        if isinstance(answers, dict):
            (answers,) = answers.values()
        golden[name] = {"rows": rows.tolist(), "answers": np.asarray(answers).tolist()}

    def floats(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype("float32")

    keep("linear", linear(), np.array([[1, 2], [2, 3], [3, 5], [6, 7], [7, 8], [8, 3]], "float32"))
    keep("images", images(), floats(7, 4, 3, 2))
    keep("pictures", pictures(), floats(3, 4, 3, 2))
    keep("lstm", lstm(), floats(6, 5, 3))
    keep("scores", Scores(), np.array([4.0, -3.0, 0.0, 2.25], "float32"))

    tfpredict.export(two_inputs(), MADE / "two_inputs")
    tfpredict.export(two_outputs(), MADE / "two_outputs")
    tfpredict.export(Integers(), MADE / "integers")
    tfpredict.export(AnyLength(), MADE / "any_length")
    dtypes = (tf.float32, tf.float64, tf.int32, tf.int64, tf.uint8, tf.bool, tf.string)
    for dtype in dtypes:
        tfpredict.export(typed(dtype), MADE / f"typed_{dtype.name}")
    with tempfile.TemporaryDirectory() as folder:
        tfpredict.export(Lookup(Path(folder)), MADE / "lookup")
    newest = Newest()
    ids = rng.integers(0, 8, (6, 7))
    tfpredict.export(
        newest,
        MADE / "newest",
        signatures=newest.serving,
        examples={
            name: ids
            if name in ("counts", "weighted", "binary", "ragged")
            else floats(6, *function.input_signature[0].shape[1:])
            for name, function in newest.serving.items()
        },
    )
    tfpredict.export(grouped_3d(), MADE / "grouped_3d", examples=floats(3, 4, 5, 3, 2))
    reads = Reads()
    tfpredict.export(reads, MADE / "reads", signatures=reads.serving)
    tfpredict.export(FixedBatch(), MADE / "fixed_batch")
    tfpredict.export(Ragged(), MADE / "ragged")
    tfpredict.export(Halves(), MADE / "halves")
    tfpredict.export(Summed(), MADE / "summed")
    newer = Newer()
    tfpredict.export(
        newer, MADE / "newer", signatures={"serving_default": newer.newer, "plain": newer.plain}
    )
    # As Keras itself writes one: two signatures of the same function.
    linear().export(str(MADE / "keras_export" / "1"), verbose=False)

    (MADE / "golden.json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
