"""`tf.Module`s of TensorFlow's own ops: linear algebra, sorting, strings, tables, control flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

RNG = np.random.default_rng(13)
X = RNG.normal(size=(4, 5)).astype("float32")
SQUARE = RNG.normal(size=(4, 3, 3)).astype("float32")
POSITIVE = (SQUARE @ SQUARE.transpose(0, 2, 1) + 3 * np.eye(3)).astype("float32")
IDS = RNG.integers(0, 6, (4, 5)).astype("int64")
WORDS = np.array([["One two", "x"], ["Drei", ""], ["vier, 5", "yy"], ["ünf", "z z"]])


def module(function: Any, *rows: np.ndarray) -> tuple:
    def build() -> Any:
        specs = [
            tf.TensorSpec([None, *row.shape[1:]], tf.as_dtype(row.dtype.type), name="abc"[index])
            for index, row in enumerate(rows)
        ]

        def serving(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
            found = function(*tensors)
            return dict(zip("xyz", found if isinstance(found, tuple) else (found,)))

        return tf.function(serving, input_signature=specs)

    return build, list(rows) if len(rows) > 1 else rows[0]


def scan_sum(x: tf.Tensor) -> tf.Tensor:
    total = tf.zeros_like(x[:, 0])
    for step in tf.range(tf.shape(x)[1]):
        total = 0.5 * total + x[:, step]
    return total


def branch(x: tf.Tensor) -> tf.Tensor:
    return tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: -x)


def newton(x: tf.Tensor) -> tf.Tensor:
    x = tf.abs(x) + 1
    guess = x
    while tf.reduce_max(tf.abs(guess * guess - x)) > 1e-5:
        guess = 0.5 * (guess + x / guess)
    return guess


def switch(x: tf.Tensor) -> tf.Tensor:
    return tf.switch_case(tf.shape(x)[0] % 3, [lambda: x, lambda: x + 1, lambda: x * x])


CASES = {
    "matmul": module(lambda a: a @ tf.transpose(a, [0, 2, 1]), SQUARE),
    "inverse": module(tf.linalg.inv, POSITIVE),
    "determinant": module(lambda a: tf.linalg.det(a), POSITIVE),
    "solve": module(lambda a, b: tf.linalg.solve(a, b), POSITIVE, SQUARE),
    "cholesky": module(tf.linalg.cholesky, POSITIVE),
    "triangular solve": module(
        lambda a, b: tf.linalg.triangular_solve(tf.linalg.cholesky(a), b), POSITIVE, SQUARE
    ),
    "eigenvalues": module(lambda a: tf.linalg.eigvalsh(a), POSITIVE),
    "singular values": module(lambda a: tf.linalg.svd(a, compute_uv=False), SQUARE),
    "qr": module(lambda a: tf.abs(tf.linalg.qr(a)[1]), SQUARE),
    "least squares": module(lambda a, b: tf.linalg.lstsq(a, b), POSITIVE, SQUARE),
    "band part, diag, trace": module(
        lambda a: (tf.linalg.band_part(a, 0, -1), tf.linalg.diag_part(a), tf.linalg.trace(a)),
        SQUARE,
    ),
    "einsum": module(lambda a: tf.einsum("bij,bkj->bik", a, a), SQUARE),
    "norms": module(lambda a: (tf.norm(a, axis=-1), tf.math.l2_normalize(a, -1)), SQUARE),
    "sort": module(lambda a: (tf.sort(a, -1), tf.argsort(a, -1, "DESCENDING")), X),
    "top-k": module(lambda a: tuple(tf.math.top_k(a, 3)), X),
    "argmax, argmin": module(lambda a: (tf.argmax(a, -1), tf.argmin(a, -1)), X),
    "cumulative": module(lambda a: (tf.cumsum(a, 1), tf.math.cumprod(a, 1)), X),
    "reductions": module(
        lambda a: (tf.reduce_logsumexp(a, 1), tf.math.reduce_std(a, 1), tf.reduce_any(a > 1, 1)), X
    ),
    "gather": module(lambda a, b: tf.gather(a, b % 5, batch_dims=1), X, IDS),
    "gather_nd, scatter_nd": module(lambda a: tf.tensor_scatter_nd_update(a, [[0, 0]], [9.0]), X),
    "one-hot": module(lambda a: tf.one_hot(a, 6), IDS),
    "segment sum": module(
        lambda a: tf.math.unsorted_segment_sum(a, tf.range(tf.shape(a)[0]), 9)[:4], X
    ),
    "where, select": module(lambda a: tf.where(a > 0, a, tf.zeros_like(a)), X),
    "bincount": module(lambda a: tf.math.bincount(a, minlength=6, maxlength=6, axis=-1), IDS),
    "bucketize": module(lambda a: tf.raw_ops.Bucketize(input=a, boundaries=[-1.0, 0.0, 1.0]), X),
    "searchsorted": module(lambda a: tf.searchsorted(tf.sort(a, -1), tf.zeros_like(a[:, :1])), X),
    "fft": module(lambda a: tf.abs(tf.signal.rfft(a, [8])), X),
    "special functions": module(
        lambda a: (tf.math.erf(a), tf.math.lgamma(tf.abs(a) + 1), tf.math.digamma(tf.abs(a) + 1)), X
    ),
    "more special functions": module(
        lambda a: (tf.math.bessel_i0e(a), tf.math.igamma(tf.abs(a) + 1, tf.abs(a) + 0.5)), X
    ),
    "ndtri, erfinv": module(
        lambda a: (tf.math.ndtri(tf.sigmoid(a)), tf.math.erfinv(tf.tanh(a))), X
    ),
    "bitwise": module(
        lambda a: (tf.bitwise.bitwise_xor(a, a + 1), tf.bitwise.left_shift(a, a)), IDS
    ),
    "clip, round, sign": module(lambda a: (tf.clip_by_value(a, -1, 1), tf.round(a), tf.sign(a)), X),
    "floor division": module(lambda a: (a // 2, a % 3, tf.math.floordiv(a, 4)), IDS),
    "roll, reverse, tile": module(
        lambda a: (tf.roll(a, 1, 1), tf.reverse(a, [1]), tf.tile(a, [1, 2])), X
    ),
    "pad, slice, stack": module(
        lambda a: (tf.pad(a, [[0, 0], [1, 2]], "REFLECT"), a[:, 1:4:2], tf.stack([a, a], 1)), X
    ),
    "unique counts": module(
        lambda a: tf.map_fn(lambda r: tf.size(tf.unique(r)[0]), a, tf.int32), IDS
    ),
    "image resize": module(
        lambda a: tf.image.resize(tf.reshape(a, [-1, 5, 1, 1]), [7, 2], antialias=True), X
    ),
    "string case, strip, length": module(
        lambda a: (tf.strings.upper(a), tf.strings.strip(a), tf.strings.length(a)), WORDS
    ),
    "string join, substr": module(
        lambda a: (tf.strings.join([a[:, 0], a[:, 1]], "-"), tf.strings.substr(a, 0, 1)), WORDS
    ),
    "string regex": module(
        lambda a: (
            tf.strings.regex_replace(a, "[aeiou]", "_"),
            tf.strings.regex_full_match(a, "."),
        ),
        WORDS,
    ),
    "string hash": module(lambda a: tf.strings.to_hash_bucket_fast(a, 100), WORDS),
    "string to number": module(
        lambda a: tf.strings.to_number(tf.strings.as_string(a, precision=3)), X
    ),
    "string split": module(
        lambda a: tf.strings.split(a[:, 0]).to_tensor(default_value="", shape=[None, 3]), WORDS
    ),
    "string n-grams": module(lambda a: tf.strings.ngrams(a, 2, separator=" "), WORDS),
    "unicode": module(
        lambda a: (
            tf.strings.unicode_transcode(a, "UTF-8", "UTF-16-BE"),
            tf.strings.length(a, unit="UTF8_CHAR"),
        ),
        WORDS,
    ),
    "lower utf-8": module(lambda a: tf.strings.lower(a, encoding="utf-8"), WORDS),
    "reduce_join": module(lambda a: tf.strings.reduce_join(a, axis=1, separator="+"), WORDS),
    "ragged row sums": module(
        lambda a: tf.reduce_sum(
            tf.RaggedTensor.from_tensor(a, lengths=tf.range(tf.shape(a)[0]) + 1), 1
        ),
        X,
    ),
    "for loop": module(scan_sum, X),
    "while loop": module(newton, X),
    "cond": module(branch, X),
    "switch_case": module(switch, X),
    "map_fn": module(lambda a: tf.map_fn(lambda r: tf.reduce_sum(r) * r, a), X),
    "scan": module(lambda a: tf.transpose(tf.scan(lambda s, r: s + r, tf.transpose(a))), X),
    "vectorized_map": module(lambda a: tf.vectorized_map(lambda r: tf.sort(r), a), X),
    "tensor array": module(
        lambda a: tf.transpose(
            tf.TensorArray(tf.float32, 2).write(0, a[:, 0]).write(1, a[:, 1]).stack()
        ),
        X,
    ),
    # Of its seed and its batch's shape: the replay has the same batch.
    "stateless random, in the same batch": module(
        lambda a: a + tf.random.stateless_uniform(tf.shape(a), seed=[1, 2]), X
    ),
}


def cases() -> Iterator[tuple]:
    for name, (build, rows) in CASES.items():
        yield "tf.Module", name, build, rows
