"""Rules for functions of numbers and of matrices, over all of their domain."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case
from tensorflow.compiler.tf2xla.python.xla import dynamic_update_slice

RNG = np.random.default_rng(6)
SQUARES = RNG.normal(size=(6, 3, 3)).astype("float32")
VECTORS = RNG.normal(size=(6, 3)).astype("float32")
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, -1.5, np.nan, np.inf, -np.inf]

# Up to where float32 has no numbers between, and beyond where float64 has tails of its own.
INSIDE = np.concatenate([np.linspace(-1, 1, 4001), 1 - 2.0 ** -np.arange(1, 25)])
TAILS = np.concatenate([np.linspace(0, 1, 4001), 10.0 ** -np.arange(1, 38), [1e-45]])
FAR_TAILS = np.concatenate([TAILS, 10.0 ** -np.arange(38, 308, 9), 1 - 2.0 ** -np.arange(1, 54)])
WIDE = np.concatenate([np.linspace(-90, 90, 2001), [0.0, 91.5, -91.5, 800, np.inf, np.nan]])


def edged(values: np.ndarray, dtype: str) -> np.ndarray:
    return np.concatenate([values, EDGES]).astype(dtype)


def xlog1py_pairs(dtype: str) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid([0.0, 1.5, -2.0, np.inf, np.nan], [0.0, 1e-6, 3.0, -1.0, -2.0, np.inf])
    return x.ravel().astype(dtype), y.ravel().astype(dtype)


def quantized(**options):
    return lambda x: tf.raw_ops.QuantizeAndDequantizeV4(
        input=x, input_min=-1.5, input_max=1.2, **options
    )


def set_band(x):
    # Where the band's rank is known TensorFlow's own shape function takes it for a mistake.
    band = tf.raw_ops.PlaceholderWithDefault(input=x, shape=tf.TensorShape(None))
    return tf.linalg.set_diag(x, band, k=(-1, 1), align="LEFT_LEFT")


def gradient(x):
    return tf.gradients(tf.reduce_sum(tf.sigmoid(tf.matmul(x, x))), x)[0]


def updated(*begin: int):
    """A slice of the rows that begins there, or where it has room."""
    return lambda x, update: dynamic_update_slice(x, update, tf.constant(begin))


def appended(x, update):
    """What a decoder does with the words it knows, at a place that it computes."""
    place = tf.stack([0, tf.reduce_max(tf.cast(tf.shape(x)[1], tf.int64)) - 2, 0])
    return dynamic_update_slice(x, update, place)


RULES = {
    "updated_slices": {
        "inside": case(updated(0, 1, 2), SQUARES, SQUARES[:, :2, :1]),
        "all_but_room": case(updated(-3, 2, 7), SQUARES, SQUARES[:, :2, :1]),
        "int64_indices": case(appended, SQUARES, SQUARES[:, :2]),
        "bools": case(lambda x, y: updated(0, 1, 0)(x > 0, y < 0), SQUARES, SQUARES[:, :1]),
        "int32": case(
            updated(0, 0, 1), SQUARES.astype("int32"), (9 * SQUARES[:, :, 1:]).astype("int32")
        ),
    },
    "gradients": {
        "matrix": case(gradient, SQUARES[0]),
        "batch": case(gradient, SQUARES),
    },
    "ndtri": {
        "float32": case(tf.math.ndtri, edged(TAILS, "float32")),
        "float64": case(tf.math.ndtri, edged(FAR_TAILS, "float64")),
        "pictures": case(tf.math.ndtri, RNG.uniform(size=(6, 2, 3)).astype("float32")),
    },
    "erfinv": {
        "float32": case(tf.math.erfinv, edged(INSIDE, "float32")),
        "float64": case(tf.math.erfinv, edged(INSIDE, "float64")),
        "pictures": case(tf.math.erfinv, RNG.uniform(-1, 1, size=(6, 2, 3)).astype("float32")),
    },
    "xlog1py": {
        "float32": case(tf.math.xlog1py, *xlog1py_pairs("float32")),
        "float64": case(tf.math.xlog1py, *xlog1py_pairs("float64")),
        "broadcast": case(
            lambda x: tf.math.xlog1py(x, tf.constant([[0.5], [-1.0]])), VECTORS[:, :1, None]
        ),
    },
    "bessel_i": {
        "float32": case(
            lambda x: (tf.math.bessel_i0(x), tf.math.bessel_i1(x)), WIDE.astype("float32")
        ),
        "float64": case(lambda x: (tf.math.bessel_i0(x), tf.math.bessel_i1(x)), WIDE),
    },
    "quantize_and_dequantize": {
        "given": case(quantized(range_given=True), VECTORS),
        "found": case(quantized(range_given=False), VECTORS),
        "unsigned": case(quantized(range_given=True, signed_input=False, num_bits=4), VECTORS),
        "narrow": case(quantized(range_given=True, narrow_range=True), VECTORS),
        "half_up": case(quantized(range_given=True, num_bits=4, round_mode="HALF_UP"), VECTORS),
    },
    "diagonals": {
        "part": case(tf.linalg.diag_part, SQUARES),
        "part_above": case(lambda x: tf.linalg.diag_part(x, k=1), SQUARES),
        "part_band": case(
            lambda x: tf.linalg.diag_part(x, k=(-1, 1), padding_value=7, align="LEFT_LEFT"), SQUARES
        ),
        "made": case(tf.linalg.diag, VECTORS),
        "made_below": case(
            lambda x: tf.linalg.diag(x, k=-1, num_rows=5, num_cols=3, padding_value=2), VECTORS
        ),
        "made_band": case(lambda x: tf.linalg.diag(x, k=(-1, 1), align="LEFT_LEFT"), SQUARES),
        "set": case(tf.linalg.set_diag, SQUARES, VECTORS),
        "set_above": case(lambda x, d: tf.linalg.set_diag(x, d[:, :2], k=1), SQUARES, VECTORS),
        "set_band": case(set_band, SQUARES),
        "unit": case(lambda x: x + tf.eye(3, batch_shape=tf.shape(x)[:1]), SQUARES),
    },
}
