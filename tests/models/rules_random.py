"""Rules for numbers that a seed decides: TensorFlow gives the same ones in each run."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(9)
X = RNG.normal(size=(7, 3)).astype("float32")
FAR = np.array([-(2**40), 2**33 + 5])


def beside(draw):
    """The rows, and for each of them numbers that are drawn for the batch's shape."""
    return lambda x: (x, draw(tf.shape(x)))


def wide(shape):
    """More numbers than one thread draws."""
    return tf.random.stateless_normal([shape[0], 4000], seed=[3, 4])


def of_rows(x):
    """A seed that the rows decide."""
    seed = tf.cast(1000 * tf.reduce_sum(x[:, :2], axis=0), tf.int32)
    return x + tf.random.stateless_uniform(tf.shape(x), seed=seed)


def halves(shape):
    drawn = tf.random.stateless_uniform(shape, seed=[5, 6], dtype=tf.float16)
    return tf.cast(drawn, tf.float32)


def long_shape(shape):
    return tf.random.stateless_truncated_normal(tf.cast(shape, tf.int64), seed=[7, -8])


def in_branch(shape):
    return tf.cond(
        shape[0] > 3,
        lambda: tf.random.stateless_uniform(shape, seed=[1, 2]),
        lambda: tf.zeros(shape),
    )


def whole(dtype, seed, count=3):
    return lambda shape: tf.random.stateless_uniform(
        [shape[0], count], seed=seed, minval=None, maxval=None, dtype=dtype
    )


def of_split(shape):
    one, other = tf.unstack(tf.random.split([1, 2], 2))
    folded = tf.random.fold_in(other, 77)
    return tf.random.stateless_normal(shape, one) - tf.random.stateless_uniform(shape, folded)


RULES = {
    "seeded_draws": {
        "uniform": case(beside(lambda s: tf.random.stateless_uniform(s, seed=[1, 2])), X),
        "far": case(beside(lambda s: tf.random.stateless_uniform(s, seed=FAR)), X),
        "bounds": case(
            beside(lambda s: tf.random.stateless_uniform(s, [9, 9], -4, 8, dtype=tf.float64)), X
        ),
        "halves": case(beside(halves), X),
        "normal": case(beside(lambda s: tf.random.stateless_normal(s, [-1, 5], 1, 2)), X),
        "doubles": case(
            beside(lambda s: tf.random.stateless_normal(s, [0, 0], dtype=tf.float64)), X
        ),
        "truncated": case(beside(lambda s: tf.random.stateless_truncated_normal(s, [2, 3])), X),
        "long_shape": case(beside(long_shape), X),
        "wide": case(beside(wide), X),
        "int32": case(
            beside(lambda s: tf.random.stateless_uniform(s, [4, 4], -5, 1000, dtype=tf.int32)), X
        ),
        "int64": case(
            beside(lambda s: tf.random.stateless_uniform(s, [4, 4], 0, 2**40, dtype=tf.int64)), X
        ),
        "dropout": case(lambda x: tf.nn.experimental.stateless_dropout(x, 0.4, seed=[11, 12]), X),
        "of_rows": case(of_rows, X),
        "in_branch": case(beside(in_branch), X),
    },
    "seeded_bits": {
        "int32": case(beside(whole(tf.int32, [1, 2], 5000)), X),
        "int64": case(beside(whole(tf.int64, FAR, 500)), X),
        "split": case(beside(of_split), X),
        "first": case(
            beside(
                lambda s: tf.raw_ops.StatelessRandomUniformFullInt(
                    shape=s, seed=tf.constant([1, 2]), dtype=tf.int32
                )
            ),
            X,
        ),
    },
}
