"""Texts: n-grams of rows of which some have no words, segments, bytes; and histograms."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(15)
TEXTS = np.array(["", "a b", "", "", "c", "d e f g", " "], object)
EMPTY = np.array(["", " ", ""], object)
BYTES = np.array([b"", b"abcd", b"abcdefghij", b"\xff\xfe", b"abcdefghi"], object)
VALUES = RNG.normal(size=(6, 20)).astype("float32")
VALUES[0, :3] = [np.inf, -np.inf, 1e30]
COUNTS = RNG.integers(-9, 9, (6, 20))


WIDTHS = ((1,), (3,), (2, 4))


def ngrams(padding: int | None, all_widths=WIDTHS):
    """N-grams of several widths, with and without those of short texts; none padded for 0."""

    def call(text):
        words = tf.strings.split(text)
        all_found = [
            tf.strings.ngrams(
                words,
                widths,
                separator="_",
                pad_values=None if padding == 0 else ("<", ">>"),
                padding_width=padding or None,
                preserve_short_sequences=keeps,
            )
            for widths in all_widths
            for keeps in (False, True)
        ]
        texts = [tf.strings.reduce_join(found, 1, separator="|") for found in all_found]
        return tf.stack(texts, 1), tf.stack([found.row_lengths() for found in all_found], 1)

    return call


def of_int32(text):
    """Splits of int32."""
    words = tf.strings.split(text).with_row_splits_dtype(tf.int32)
    found = tf.strings.ngrams(words, (2, 4), pad_values=("<", ">"))
    return tf.strings.reduce_join(found, 1, separator="|")


PADDINGS = {"full": None, "none": 0, "one": 1, "two": 2}


def histogram(values, low, high):
    """That of all rows, for each."""
    found = tf.histogram_fixed_width(values, tf.cast([low, high], values.dtype), 4)
    return tf.repeat(found[None], tf.shape(values)[0], axis=0)


def numbers(dtype, length: int, little: bool = True):
    def call(text):
        found = tf.io.decode_raw(text, dtype, little, fixed_length=length)
        return tf.cast(found, tf.int64) if dtype == tf.int16 else found

    return call


RULES = {
    "padded_ngrams": {
        **{name: case(ngrams(padding), TEXTS) for name, padding in PADDINGS.items()},
        **{f"{name}_of_nothing": case(ngrams(p, ((2, 3),)), EMPTY) for name, p in PADDINGS.items()},
        "of_int32": case(of_int32, TEXTS),
    },
    "padded_bytes": {
        "uint8": case(numbers(tf.uint8, 6), BYTES),
        "int16": case(numbers(tf.int16, 6), BYTES),
        "int32": case(numbers(tf.int32, 8), BYTES),
        "float64": case(numbers(tf.float64, 16), BYTES),
        "int16_turned": case(numbers(tf.int16, 6, little=False), BYTES[2:3]),
        "int64_turned": case(numbers(tf.int64, 8, little=False), BYTES[2:3]),
    },
    "histograms": {
        "floats": case(lambda x: histogram(x, -1, 2), VALUES),
        "int32": case(lambda x: histogram(x, -3, 4), COUNTS.astype("int32")),
        "int64": case(lambda x: histogram(x, 0, 5), COUNTS),
    },
}
