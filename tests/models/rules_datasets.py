"""Data sets within a serving function: data sets of data sets, and single elements of others."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(21)
X = RNG.normal(size=(6, 5)).astype("float32")
ALL = 1 << 16


def rows(x):
    return tf.data.Dataset.from_tensor_slices(x)


def whole(dataset):
    """All elements, in their order."""
    return dataset.batch(ALL).get_single_element()


def flat(x):
    numbers = rows(x).flat_map(lambda row: rows(row).map(lambda number: number + 1))
    return tf.reshape(whole(numbers), [-1, 5])


def interleaved(calls):
    def call(x):
        numbers = rows(x).interleave(
            lambda row: rows(row), cycle_length=2, block_length=3, num_parallel_calls=calls
        )
        return tf.reshape(whole(numbers), [-1, 5])

    return call


def unbatched(x):
    return tf.reshape(whole(rows(x).unbatch()), [-1, 5])


def optional(x):
    some = tf.experimental.Optional.from_value(x)
    none = tf.experimental.Optional.empty(tf.TensorSpec([None, 5], tf.float32))
    has = tf.stack([some.has_value(), none.has_value()])
    return some.get_value(), tf.repeat(has[None], tf.shape(x)[0], axis=0)


def added(x):
    total = tf.zeros([tf.shape(x)[0]])
    for column in tf.data.Dataset.range(5).filter(lambda c: c > 0):
        total += tf.gather(x, column, axis=1)
    return total


RULES = {
    "datasets": {
        "flat": case(flat, X),
        "interleaved": case(interleaved(None), X),
        "parallel": case(interleaved(2), X),
        "unbatched": case(unbatched, X),
        "optional": case(optional, X),
        "added": case(added, X),
    },
}
