"""Singular values of larger matrices, some of low rank, of which the runtime's kernel fails."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(26)


def matrices(rows: int, columns: int) -> np.ndarray:
    """All of one number, of 1s and 0s, of rank 2, of any rank, of zeros, of repeated rows."""
    low = RNG.normal(size=(rows, 2)) @ RNG.normal(size=(2, columns))
    halves = RNG.integers(0, 2, (rows, columns))
    free = RNG.normal(size=(rows, columns))
    repeated = np.repeat(RNG.normal(size=(1, columns)), rows, 0)
    ones = np.full((rows, columns), 2.0)
    return np.stack([ones, halves, low, free, 0 * ones, repeated]).astype("float32")


def of_pairs(x: tf.Tensor) -> tf.Tensor:
    return tf.complex(x, tf.reverse(x, [-1]) / 2)


def near(found: tf.Tensor, expected: tf.Tensor) -> tf.Tensor:
    """What is expected, where no more than float32's rounding is between: TensorFlow's has more."""
    return tf.where(tf.abs(found - expected) < 1e-4, expected, found)


def rebuilt(full: bool, complex: bool = False):
    """Vectors may differ; what they make together, and that they are orthogonal, may not."""

    def of(x):
        x = of_pairs(x) if complex else x
        s, u, v = tf.linalg.svd(x, full_matrices=full)
        k = tf.shape(s)[-1]
        product = (u[..., :k] * tf.cast(s[..., None, :], x.dtype)) @ tf.linalg.adjoint(v[..., :k])
        found = [(product, x)]
        for each in (u, v):
            square = tf.linalg.adjoint(each) @ each
            found.append((square, tf.eye(tf.shape(square)[-1], dtype=x.dtype) + 0 * square))
        if not complex:
            return tuple(near(*both) for both in found)
        return tuple(
            tf.concat(
                [near(tf.math.real(a), tf.math.real(b)), near(tf.math.imag(a), tf.math.imag(b))], -1
            )
            for a, b in found
        )

    return of


def values(x):
    """Those of 0 are rounding errors of TensorFlow's."""
    found = tf.linalg.svd(x, compute_uv=False)
    return tf.where(found < 1e-3, tf.zeros_like(found), found)


def spoiled(rows: int, columns: int) -> np.ndarray:
    """One matrix has a NaN, one an infinity, and one is all infinite."""
    found = matrices(rows, columns)
    found[1, 2, 3], found[3, 4, 5], found[4] = np.nan, np.inf, -np.inf
    return found


def unknown(x):
    """Which vectors are NaN. TensorFlow's are 0 for complex numbers that are not finite."""
    return tuple(tf.math.is_nan(vectors) for vectors in tf.linalg.svd(x)[1:])


RULES = {
    "singular_values": {
        "square": case(values, matrices(46, 46)),
        "tall": case(values, matrices(61, 45)),
        "wide": case(values, matrices(17, 79)),
        "double": case(values, matrices(46, 50).astype("float64")),
        "spoiled": case(values, spoiled(18, 30)),
        "spoiled_vectors": case(unknown, spoiled(18, 30)),
        "rebuilt": case(rebuilt(full=False), matrices(46, 46)),
        "rebuilt_tall": case(rebuilt(full=False), matrices(60, 45)),
        "rebuilt_full": case(rebuilt(full=True), matrices(20, 50)),
        "rebuilt_double": case(rebuilt(full=True), matrices(50, 20).astype("float64")),
        "rebuilt_complex": case(rebuilt(full=True, complex=True), matrices(20, 24)),
    },
}
