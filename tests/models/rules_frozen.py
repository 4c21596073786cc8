"""Ops of frozen graphs of 2015 to 2018. Some are gone since a version of graphs, and stand in the
graph of an older producer alone."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(15)


def floats(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype("float32")


PICTURES, FILTER, WIDE = floats(5, 6, 7, 2), floats(3, 2, 2, 4), floats(1, 3, 2, 3)
MEAN, BETA, GAMMA, VARIANCE = floats(2), floats(2), floats(2), np.array([0.5, 2.0], "float32")
SQUARES, TALL = floats(6, 3, 3), floats(6, 4, 3)
LISTS = floats(4, 3, 5)
AROUND = [[0, 0], [2, 1], [1, 2], [0, 0]]
raw = tf.raw_ops


def normalized(x, scaled, epsilon=0.1):
    m, v, beta, gamma = (tf.cast(each, x.dtype) for each in (MEAN, VARIANCE, BETA, GAMMA))
    return raw.BatchNormWithGlobalNormalization(
        t=x,
        m=m,
        v=v,
        beta=beta,
        gamma=gamma,
        variance_epsilon=epsilon,
        scale_after_normalization=scaled,
    )


def positive(x):
    return tf.matmul(x, x, transpose_b=True) + tf.eye(3, dtype=x.dtype)


def decomposed(x):
    """Singular values, and vectors but for their signs."""
    s, u, v = raw.BatchSvd(input=x)
    return s, tf.abs(u), tf.abs(v)


def self_adjoint(x):
    e, v = raw.BatchSelfAdjointEigV2(input=x + tf.transpose(x, [0, 2, 1]))
    return e, tf.abs(v)


def joined(op):
    return lambda x: tf.abs(op(input=x + tf.transpose(x, [0, 2, 1])))


def least(fast):
    return lambda x: raw.BatchMatrixSolveLs(
        matrix=x, rhs=x[..., :2] ** 2, l2_regularizer=tf.constant(0.2, tf.float64), fast=fast
    )


def triangular(**how):
    return lambda x: raw.BatchMatrixTriangularSolve(matrix=positive(x), rhs=x[..., :2], **how)


def stacked(count):
    """Rows of weights."""

    def product(x):
        weights = [tf.constant(LISTS[n : n + 1, 0]) for n in range(count)]
        rows = raw.ParallelConcat(values=weights, shape=[count, 5])
        return x[:, 0] @ tf.transpose(rows)

    return product


def padded(mode, strides, padding, weights=FILTER):
    return lambda x: raw.FusedPadConv2D(
        input=x,
        paddings=AROUND,
        filter=weights,
        mode=mode,
        strides=[1, *strides, 1],
        padding=padding,
    )


def resized(mode, padding, **how):
    return lambda x: raw.FusedResizeAndPadConv2D(
        input=x,
        size=[9, 5],
        paddings=AROUND,
        filter=FILTER,
        mode=mode,
        strides=[1, 2, 1, 1],
        padding=padding,
        **how,
    )


RULES = {
    "reversed_flags": {
        "constant": case(lambda x: raw.Reverse(tensor=x, dims=[False, True, True]), LISTS),
        "one": case(lambda x: raw.Reverse(tensor=x, dims=[False, False, True]), LISTS),
        "none": case(lambda x: raw.Reverse(tensor=x, dims=[False, False, False]), LISTS),
        "computed": case(
            lambda x: raw.Reverse(tensor=x, dims=tf.logical_not([True, False, True])), LISTS
        ),
    },
    "fused_convolutions": {
        # One picture each: TensorFlow gives all pictures of a batch the answer of the first.
        "reflected": case(padded("REFLECT", [1, 1], "SAME"), PICTURES[:1]),
        "symmetric": case(padded("SYMMETRIC", [2, 3], "VALID"), PICTURES[1:2]),
        "beside": case(padded("REFLECT", [2, 2], "SAME", WIDE), PICTURES[2:3]),
        "resized": case(resized("REFLECT", "VALID"), PICTURES[3:4]),
        "corners": case(resized("SYMMETRIC", "SAME", resize_align_corners=True), PICTURES[4:]),
    },
}

# Models that are no functions, by name: the last version of graphs that has their ops, and cases.
IN_GRAPH = {
    # TensorFlow runs it in no function.
    "stacked_rows": (
        26,
        {"three": case(stacked(3), LISTS), "one": case(stacked(1), LISTS)},
    ),
    "global_normalization": (
        8,
        {
            "scaled": case(lambda x: normalized(x, scaled=True), PICTURES),
            "unscaled": case(lambda x: normalized(x, scaled=False), PICTURES),
            "doubles": case(
                lambda x: normalized(x, scaled=True, epsilon=1e-3), PICTURES.astype("float64")
            ),
        },
    ),
    "batched_matrices": (
        12,
        {
            "cholesky": case(lambda x: raw.BatchCholesky(input=positive(x)), SQUARES),
            "determinant": case(lambda x: raw.BatchMatrixDeterminant(input=x), SQUARES),
            "inverse": case(lambda x: raw.BatchMatrixInverse(input=x, adjoint=True), SQUARES),
            "solve": case(
                lambda x: raw.BatchMatrixSolve(matrix=positive(x), rhs=x[..., :2]), SQUARES
            ),
            "least": case(least(fast=True), TALL),
            "complete": case(least(fast=False), TALL.astype("float64")),
            "lower": case(triangular(), SQUARES),
            "upper": case(triangular(lower=False, adjoint=True), SQUARES),
            "eigenvalues": case(self_adjoint, SQUARES),
            "singular": case(decomposed, TALL),
        },
    ),
    "first_eigenvectors": (
        10,
        {
            "batch": case(joined(raw.BatchSelfAdjointEig), SQUARES),
            "one": case(joined(raw.SelfAdjointEig), SQUARES.astype("float64")),
        },
    ),
}
