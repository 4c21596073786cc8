"""Layers of Keras 2, as `tf_keras` has them for the TensorFlow of today, and whole small models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras
import wrapped
from tf_keras import layers as L

RNG = np.random.default_rng(29)
WORDS = np.array([["a", "b"], ["c", "zz"], ["b", "b"], ["", "a"]])
TEXTS = np.array([["the cat sat"], ["a dog"], [""], ["Cat! the DOG?"]])
CORPUS = ["the cat sat on a dog", "the dog"]
NUMBERS = np.array([[10, 20], [30, 99], [20, 20], [10, -5]], "int64")
VOCABULARY = ["a", "b", "c"]


def floats(*shape: int) -> np.ndarray:
    return RNG.normal(size=(4, *shape)).astype("float32")


one, several = partial(wrapped.one, tf_keras), partial(wrapped.several, tf_keras)


def adapted(layer: Any, data: Any) -> Any:
    layer.adapt(data)
    return layer


def core() -> dict[str, tuple]:
    steps, picture = floats(6, 3), floats(8, 8, 4)
    query, value = floats(5, 8), floats(7, 8)
    ids = RNG.integers(0, 9, (4, 5)).astype("int32")
    return {
        "Dense": one(lambda: L.Dense(3, "relu"), floats(5)),
        "Dense mixed_float16": one(lambda: L.Dense(3, dtype="mixed_float16"), floats(5)),
        "EinsumDense": one(lambda: L.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d"), steps),
        "Embedding mask_zero": one(
            lambda: tf_keras.Sequential([L.Embedding(10, 4, mask_zero=True), L.LSTM(3)]), ids
        ),
        "Conv1D causal": one(lambda: L.Conv1D(3, 3, padding="causal", dilation_rate=2), steps),
        "Conv2D": one(lambda: L.Conv2D(3, 3, strides=2, padding="same"), picture),
        "Conv2D groups": one(lambda: L.Conv2D(4, 3, groups=2), picture),
        "Conv2D dilated": one(lambda: L.Conv2D(3, 3, dilation_rate=2), picture),
        "Conv3D": one(lambda: L.Conv3D(3, 2), floats(5, 6, 6, 2)),
        "Conv2DTranspose": one(lambda: L.Conv2DTranspose(3, 3, strides=2), picture),
        "SeparableConv2D": one(lambda: L.SeparableConv2D(3, 3), picture),
        "DepthwiseConv2D": one(lambda: L.DepthwiseConv2D(3), picture),
        "LocallyConnected1D": one(lambda: L.LocallyConnected1D(3, 2), steps),
        "LocallyConnected2D": one(lambda: L.LocallyConnected2D(3, 2), picture),
        "MaxPooling2D": one(lambda: L.MaxPooling2D(3, 2, "same"), picture),
        "AveragePooling2D": one(lambda: L.AveragePooling2D(), picture),
        "BatchNormalization": one(lambda: L.BatchNormalization(), picture),
        "BatchNormalization axis 1": one(lambda: L.BatchNormalization(axis=1), picture),
        "BatchNormalization rank 2": one(lambda: L.BatchNormalization(), floats(5)),
        "LayerNormalization": one(lambda: L.LayerNormalization(), steps),
        "GroupNormalization": one(lambda: L.GroupNormalization(2), picture),
        "UnitNormalization": one(lambda: L.UnitNormalization(), steps),
        "Attention": several(lambda i: L.Attention(use_scale=True)(i), query, value),
        "AdditiveAttention": several(lambda i: L.AdditiveAttention()(i), query, value),
        "MultiHeadAttention": several(
            lambda i: L.MultiHeadAttention(2, 4)(i[0], i[1]), query, value
        ),
        "MultiHeadAttention causal": several(
            lambda i: L.MultiHeadAttention(2, 4)(i[0], i[0], use_causal_mask=True), query
        ),
        "Dropout, noise": one(
            lambda: tf_keras.Sequential(
                [L.Dropout(0.5), L.GaussianNoise(1.0), L.GaussianDropout(0.5), L.AlphaDropout(0.5)]
            ),
            steps,
        ),
        "ThresholdedReLU": one(lambda: L.ThresholdedReLU(0.3), steps),
        "PReLU": one(lambda: L.PReLU("uniform"), steps),
        "Resizing": one(lambda: L.Resizing(5, 6), picture),
        "RandomFlip, RandomRotation": one(
            lambda: tf_keras.Sequential([L.RandomFlip(), L.RandomRotation(0.2)]), picture
        ),
    }


def recurrent() -> dict[str, tuple]:
    steps = floats(6, 3)
    found = {}
    for cell in ("LSTM", "GRU", "SimpleRNN"):
        kind = getattr(L, cell)
        found[cell] = one(lambda k=kind: k(4), steps)
        found[f"{cell} sequences"] = one(lambda k=kind: k(4, return_sequences=True), steps)
        found[f"{cell} backwards"] = one(lambda k=kind: k(4, go_backwards=True), steps)
        found[f"{cell} unrolled"] = one(lambda k=kind: k(4, unroll=True), steps)
        found[f"{cell} masked"] = one(
            lambda k=kind: tf_keras.Sequential([L.Masking(), k(4)]), steps
        )
        found[f"Bidirectional {cell}"] = one(
            lambda k=kind: L.Bidirectional(k(4, return_sequences=True)), steps
        )
    found["LSTM return_state"] = one(lambda: L.LSTM(4, return_state=True), steps)
    found["GRU reset_after=False"] = one(lambda: L.GRU(4, reset_after=False), steps)
    found["RNN of cells"] = one(lambda: L.RNN([L.LSTMCell(4), L.GRUCell(3)]), steps)
    found["TimeDistributed"] = one(lambda: L.TimeDistributed(L.Dense(2)), steps)
    found["ConvLSTM2D"] = one(lambda: L.ConvLSTM2D(3, 3), floats(4, 6, 6, 2))
    return found


def preprocessing() -> dict[str, tuple]:
    def vectorizer(**options: Any) -> Any:
        return lambda: adapted(L.TextVectorization(**options), CORPUS)

    ids = np.abs(NUMBERS) % 4
    return {
        "Normalization": one(
            lambda: adapted(L.Normalization(), np.arange(12.0).reshape(4, 3)), floats(3)
        ),
        "Discretization": one(lambda: L.Discretization([-1.0, 0.0, 1.0]), floats(3)),
        "CategoryEncoding": one(lambda: L.CategoryEncoding(4), ids),
        "CategoryEncoding count": one(lambda: L.CategoryEncoding(4, "count"), ids),
        "Hashing": one(lambda: L.Hashing(7), WORDS),
        "Hashing salted": one(lambda: L.Hashing(7, salt=[133, 137]), WORDS),
        "Hashing integers": one(lambda: L.Hashing(7), NUMBERS),
        "HashedCrossing": several(lambda i: L.HashedCrossing(9)(i), NUMBERS[:, :1], NUMBERS[:, 1:]),
        "StringLookup": one(lambda: L.StringLookup(vocabulary=VOCABULARY), WORDS),
        "StringLookup multi_hot": one(
            lambda: L.StringLookup(vocabulary=VOCABULARY, output_mode="multi_hot"), WORDS
        ),
        "StringLookup inverse": one(
            lambda: L.StringLookup(vocabulary=VOCABULARY, invert=True), ids
        ),
        "IntegerLookup": one(lambda: L.IntegerLookup(vocabulary=[10, 20, 30]), NUMBERS),
        "TextVectorization": one(vectorizer(output_sequence_length=5), TEXTS),
        "TextVectorization open length": one(vectorizer(), TEXTS),
        "TextVectorization bigrams": one(vectorizer(ngrams=2, output_sequence_length=5), TEXTS),
        "TextVectorization multi_hot": one(vectorizer(output_mode="multi_hot"), TEXTS),
        "TextVectorization tf_idf": one(vectorizer(output_mode="tf_idf"), TEXTS),
    }


def features() -> dict[str, tuple]:
    """Feature columns, which estimators had, as the layer that takes them."""
    columns = tf.feature_column
    age = columns.numeric_column("age")
    decades = columns.bucketized_column(age, [20.0, 40.0, 60.0])
    town = columns.categorical_column_with_vocabulary_list(
        "town", ["Rome", "Oslo"], num_oov_buckets=1
    )
    code = columns.categorical_column_with_hash_bucket("code", 7)
    kind = columns.categorical_column_with_identity("kind", 4, default_value=0)
    rows = {
        "age": np.array([[18.0], [35.5], [60.0], [90.0]], "float32"),
        "town": np.array([["Oslo"], ["Rome"], ["Bern"], [""]]),
        "code": np.array([["a1"], ["b2"], ["a1"], ["c3"]]),
        "kind": np.array([[0], [3], [1], [9]], "int64"),
    }

    def layer(columns: list, *names: str) -> tuple:
        def build() -> tf_keras.Model:
            inputs = {
                name: L.Input((1,), dtype=tf.constant(rows[name]).dtype, name=name)
                for name in names
            }
            return tf_keras.Model(inputs, L.DenseFeatures(columns)(inputs))

        return build, {name: rows[name] for name in names}

    return {
        "DenseFeatures numeric, buckets": layer([age, decades], "age"),
        "DenseFeatures vocabulary": layer([columns.indicator_column(town)], "town"),
        "DenseFeatures embedding": layer([columns.embedding_column(town, 3)], "town"),
        "DenseFeatures hash": layer([columns.indicator_column(code)], "code"),
        "DenseFeatures identity": layer([columns.indicator_column(kind)], "kind"),
        "DenseFeatures crossed": layer(
            [columns.indicator_column(columns.crossed_column([decades, town], 9))], "age", "town"
        ),
    }


def cases() -> Iterator[tuple]:
    for members in (core(), recurrent(), preprocessing(), features()):
        for name, (build, rows) in members.items():
            yield "Keras 2 (tf_keras)", name, build, rows
