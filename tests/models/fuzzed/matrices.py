"""Models of linear algebra."""

from __future__ import annotations

import tensorflow as tf

from fuzzed.kept import Fuzzed, function, fuzzed


@fuzzed
def matrices() -> Fuzzed:
    """Factors and solutions of the row's own matrices."""

    def call(matrix, vector):
        square = tf.matmul(matrix, matrix, transpose_b=True) + 0.5 * tf.eye(3)
        lower = tf.linalg.cholesky(square)
        values = tf.linalg.eigvalsh(square)
        return {
            "lower": lower,
            "solution": tf.linalg.solve(square, vector[..., None])[..., 0],
            "again": tf.linalg.cholesky_solve(lower, vector[..., None])[..., 0],
            "values": values,
            "determinant": tf.linalg.det(matrix),
            "singular": tf.linalg.svd(matrix, compute_uv=False),
        }

    model = function(call, matrix=(tf.float32, 3, 3), vector=(tf.float32, 3))
    return Fuzzed(
        model,
        [
            {"matrix": [[1, 2, 0], [0, 1, 1], [2, 0, 1]], "vector": [1, 2, 3]},
            {"matrix": [[2, 0, 0], [0, 3, 0], [1, 0, 1]], "vector": [0, 1, 0]},
        ],
    )


@fuzzed
def matrices_of_any_size() -> Fuzzed:
    """Of as many rows and columns as the row has; some need a square."""

    def call(matrix, right):
        _, upper = tf.linalg.qr(matrix)
        sizes = tf.linalg.svd(matrix, compute_uv=False)
        return {
            "upper": tf.reduce_sum(tf.abs(upper), [1, 2]),
            "norm": tf.reduce_sum(sizes, 1),
            "inverse": tf.linalg.trace(tf.linalg.inv(matrix)),
            "sign": tf.linalg.slogdet(matrix).sign,
            "triangular": tf.reduce_sum(tf.linalg.triangular_solve(matrix, right), [1, 2]),
            "squares": tf.reduce_sum(tf.linalg.lstsq(matrix, right, 0.1), [1, 2]),
            "band": tf.reduce_sum(tf.linalg.band_part(matrix, 1, 0), [1, 2]),
            "diagonal": tf.reduce_sum(tf.linalg.diag_part(matrix), 1),
        }

    two = (tf.float64, None, None)
    model = function(call, matrix=two, right=two)
    return Fuzzed(
        model,
        [
            {"matrix": [[1, 2], [0, 4]], "right": [[1], [2]]},
            {"matrix": [[3]], "right": [[1, 5]]},
        ],
    )
