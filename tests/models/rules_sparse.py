"""Sparse tensors, sets and lists, in ops whose kernels the runtime guards or does without."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(12)
LONG = 2**62


def with_zeros(*shape: int) -> np.ndarray:
    found = RNG.normal(size=shape).astype("float32")
    return np.where(RNG.random(shape) < 0.4, 0, found).astype("float32")


X, Y = with_zeros(6, 5), with_zeros(6, 5)
X[2] = 0  # a row of nothing
IDS, OTHERS = RNG.integers(0, 4, (6, 5)), RNG.integers(0, 4, (6, 5))
IDS[1] = 0


def part(start: int, size: int):
    """Columns of a sparse tensor, as many as there are."""

    def call(x):
        rows = tf.shape(x, tf.int64)[0]
        found = tf.sparse.slice(tf.sparse.from_dense(x), [0, start], tf.stack([rows, size]))
        width = tf.repeat(found.dense_shape[1:], tf.shape(x)[0])
        return tf.sparse.reduce_sum(found, axis=1), width

    return call


def split(axis: int):
    def call(x):
        first, last = tf.sparse.split(tf.sparse.from_dense(x), num_split=2, axis=axis)
        return tf.sparse.to_dense(first), tf.sparse.to_dense(last)

    return call


def added(x, y):
    return tf.sparse.to_dense(tf.sparse.add(tf.sparse.from_dense(x), tf.sparse.from_dense(y)))


def thresholded(x, y):
    both = tf.sparse.add(tf.sparse.from_dense(x), tf.sparse.from_dense(y), threshold=0.5)
    return tf.sparse.to_dense(both)


def reduced(op):
    def call(x):
        rows = tf.sparse.from_dense(x)
        indices, values, shape = op(
            input_indices=rows.indices,
            input_values=rows.values,
            input_shape=rows.dense_shape,
            reduction_axes=[-1],
        )
        return tf.sparse.to_dense(tf.SparseTensor(indices, values, shape))

    return call


def joined(told):
    """Two lists' parts behind each other, and added up again."""

    def call(x):
        both = tf.raw_ops.TensorListFromTensor(
            tensor=tf.stack([x, 2 * x]), element_shape=tf.constant([-1, 5])
        )
        found, lengths = tf.raw_ops.TensorListConcat(
            input_handle=both, element_dtype=tf.float32, element_shape=told
        )
        parts = tf.reshape(found, [2, -1, 5])
        return tf.reduce_sum(parts, 0), tf.repeat(lengths[:1], lengths[0])

    return call


RULES = {
    "sparse_slices": {
        "inside": case(part(1, 2), X),
        "to_the_end": case(part(3, 7), X),
        "behind": case(part(9, 2), X),
        "nothing": case(part(2, 0), X),
        "all": case(part(0, LONG), X),
    },
    "sparse_splits": {
        "first": case(split(1), X),
        "last": case(split(-1), X),
    },
    "sparse_products": {
        "left": case(lambda a, b: tf.matmul(a, b, a_is_sparse=True, transpose_b=True), X, Y),
        "right": case(lambda a, w: tf.matmul(a, w, b_is_sparse=True), X, variable=with_zeros(5, 3)),
        "bfloat16": case(
            lambda a, w: tf.matmul(tf.cast(a, tf.bfloat16), w, a_is_sparse=True),
            X,
            variable=with_zeros(5, 3),
        ),
    },
    "joined_lists": {
        "told": case(joined(tf.TensorShape([None, 5])), X),
        "untold": case(joined(None), X),
    },
    "sparse_tensors": {
        "added": case(added, X, Y),
        "thresholded": case(thresholded, X, Y),
        "added_to_dense": case(lambda x, y: tf.sparse.add(tf.sparse.from_dense(x), y), X, Y),
        "divided": case(
            lambda x, y: tf.sparse.to_dense(tf.sparse.from_dense(x) / (tf.abs(y) + 1)), X, Y
        ),
        "sums": case(reduced(tf.raw_ops.SparseReduceSumSparse), X),
        "greatest": case(reduced(tf.raw_ops.SparseReduceMaxSparse), X),
        "set_sizes": case(lambda ids: tf.sets.size(tf.sparse.from_dense(ids)), IDS),
        "distances": case(
            lambda a, b: tf.edit_distance(tf.sparse.from_dense(a), tf.sparse.from_dense(b)),
            IDS,
            OTHERS,
        ),
    },
}
