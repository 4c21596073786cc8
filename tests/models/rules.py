"""What the adapter expresses by other ops: a model for each rule, a signature for each way."""

from __future__ import annotations

import numpy as np
import rules_frozen
import rules_functions
import rules_images
import rules_matrices
import rules_pictures
import rules_programs
import rules_random
import rules_sparse
import rules_texts
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(4)


def floats(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype("float32")


PICTURES = floats(6, 6, 5, 4)
TWO, ONE = floats(3, 3, 2, 6), floats(3, 3, 1, 8)
IDS = RNG.integers(0, 8, (6, 7))
SQUARES = floats(6, 3, 3)


def bincount(ids, weights, binary=False):
    return tf.raw_ops.DenseBincount(
        input=ids, size=tf.constant(5, ids.dtype), weights=weights, binary_output=binary
    )


def ragged_bincount(ids, weighted=False, binary=False):
    lengths = tf.range(tf.shape(ids)[0]) % 4
    rows = tf.RaggedTensor.from_tensor(ids, lengths=lengths)
    return tf.raw_ops.RaggedBincount(
        splits=rows.row_splits,
        values=rows.flat_values,
        size=tf.constant(5, tf.int64),
        weights=tf.cast(rows.flat_values, tf.float32) / 3 if weighted else tf.zeros([0]),
        binary_output=binary,
    )


def sparse_bincount(ids, weighted=False, binary=False):
    rows = tf.sparse.from_dense(ids)
    return tf.raw_ops.SparseBincount(
        indices=rows.indices,
        values=rows.values,
        dense_shape=rows.dense_shape,
        size=tf.constant(5, ids.dtype),
        weights=tf.cast(rows.values, tf.float32) / 3 if weighted else tf.zeros([0]),
        binary_output=binary,
    )


def growing(x):
    """Rows written one by one, behind the end of the list."""
    written = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[None])
    for count in range(3):
        written = written.write(count, x / 2.0**count)
    return tf.transpose(written.stack())


RULES = {
    "truncated_quotient": {
        name: case(
            lambda x, y: tf.raw_ops.TruncateDiv(x=x, y=y),
            np.array([7, -7, 5.5, -0.3, 8, 0], dtype),
            np.array([2, 2, -2, 1, 4, 3], dtype),
        )
        for name, dtype in (("floats", "float32"), ("doubles", "float64"))
    },
    "resized_list": {"growing": case(growing, np.array([4.0, 9.0, 0.5, 3.0], "float32"))},
    "grouped_convolution": {
        "plain": case(lambda x, w: tf.nn.conv2d(x, w, 1, "VALID"), PICTURES, variable=TWO),
        "strides": case(lambda x, w: tf.nn.conv2d(x, w, 2, "SAME"), PICTURES, variable=TWO),
        "dilated": case(
            lambda x, w: tf.nn.conv2d(x, w, 1, "SAME", dilations=2), PICTURES, variable=TWO
        ),
        "depthwise": case(lambda x, w: tf.nn.conv2d(x, w, 1, "SAME"), PICTURES, variable=ONE),
    },
    "dense_bincount": {
        "counts": case(lambda ids: bincount(ids, tf.zeros([0], tf.float32)), IDS),
        "weighted": case(lambda ids: bincount(ids, tf.cast(ids, tf.float64) / 3), IDS),
        "binary": case(lambda ids: bincount(ids, tf.zeros([0], tf.int32), binary=True), IDS),
        "int32": case(
            lambda ids: tf.math.bincount(ids, minlength=5, maxlength=5, axis=-1),
            IDS.astype("int32"),
        ),
        "one_row": case(lambda ids: bincount(ids, tf.zeros([0], tf.float32)), IDS[0]),
    },
    "sparse_bincount": {
        "counts": case(sparse_bincount, IDS),
        "weighted": case(lambda ids: sparse_bincount(ids, weighted=True), IDS.astype("int32")),
        "binary": case(lambda ids: sparse_bincount(ids, binary=True), IDS),
    },
    "ragged_bincount": {
        "counts": case(ragged_bincount, IDS),
        "weighted": case(lambda ids: ragged_bincount(ids, weighted=True), IDS),
        "binary": case(lambda ids: ragged_bincount(ids, binary=True), IDS),
    },
    "batch_matmul": {
        "floats": case(
            lambda a: tf.raw_ops.BatchMatMulV3(x=a, y=a[:2, None], Tout=tf.float32), SQUARES
        ),
        "integers": case(
            lambda a: tf.raw_ops.BatchMatMulV3(x=a, y=a, Tout=tf.int32),
            RNG.integers(-9, 9, (6, 3, 3)).astype("int32"),
        ),
        "adjoint": case(
            lambda a: tf.raw_ops.BatchMatMulV3(x=a, y=a, Tout=tf.float32, adj_y=True), SQUARES
        ),
    },
    **rules_frozen.RULES,
    **rules_functions.RULES,
    **rules_pictures.RULES,
    **rules_programs.RULES,
    **rules_random.RULES,
    **rules_images.RULES,
    **rules_matrices.RULES,
    **rules_sparse.RULES,
    **rules_texts.RULES,
}
