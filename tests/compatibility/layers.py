"""Every layer of `keras.layers` that can serve, with common options, as a small model each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import keras
import numpy as np
import wrapped
from keras import layers as L

Case = tuple[str, str, Callable[[], Any], Any]
RNG = np.random.default_rng(11)
TEXTS = np.array(["the cat sat", "a dog", "", "the the unseen", "Cat! DOG?"])


def floats(*shape: int) -> np.ndarray:
    return RNG.normal(size=(4, *shape)).astype("float32")


one, several = partial(wrapped.one, keras), partial(wrapped.several, keras)


def adapted(layer: Any, data: Any) -> Any:
    layer.adapt(data)
    return layer


def cases() -> Iterator[Case]:
    for group, members in (
        ("core", core()),
        ("convolution", convolution()),
        ("pooling", pooling()),
        ("recurrent", recurrent()),
        ("preprocessing", preprocessing()),
        ("normalization", normalization()),
        ("regularization", regularization()),
        ("attention", attention()),
        ("reshaping", reshaping()),
        ("merging", merging()),
        ("activation", activation()),
    ):
        for name, (build, rows) in members.items():
            yield group, name, build, rows


def core() -> dict[str, tuple]:
    ids = RNG.integers(0, 9, (4, 5)).astype("int32")
    return {
        "Dense": one(lambda: L.Dense(3), floats(5)),
        "Dense relu, no bias": one(lambda: L.Dense(3, "relu", use_bias=False), floats(5)),
        "Dense on rank 3": one(lambda: L.Dense(3), floats(4, 5)),
        "EinsumDense": one(
            lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 6), bias_axes="d"),
            floats(4, 5),
        ),
        "Embedding": one(lambda: L.Embedding(10, 4), ids),
        "Embedding mask_zero": one(lambda: L.Embedding(10, 4, mask_zero=True), ids),
        "Masking": one(lambda: L.Masking(), floats(4, 3)),
        "Lambda": one(lambda: L.Lambda(lambda x: x * 2 + 1), floats(4)),
        "Identity": one(lambda: L.Identity(), floats(4)),
        "Dense float16 policy": one(lambda: L.Dense(3, dtype="mixed_float16"), floats(5)),
        "Dense float64": one(lambda: L.Dense(3, dtype="float64"), floats(5).astype("float64")),
    }


def convolution() -> dict[str, tuple]:
    x1, x2, x3 = floats(12, 4), floats(8, 8, 4), floats(5, 6, 6, 2)
    return {
        "Conv1D": one(lambda: L.Conv1D(3, 3), x1),
        "Conv1D causal dilated": one(lambda: L.Conv1D(3, 3, padding="causal", dilation_rate=2), x1),
        "Conv1D strides same": one(lambda: L.Conv1D(3, 3, strides=2, padding="same"), x1),
        "Conv1D groups": one(lambda: L.Conv1D(4, 3, groups=2), x1),
        "Conv2D": one(lambda: L.Conv2D(3, 3, activation="relu"), x2),
        "Conv2D strides same": one(lambda: L.Conv2D(3, 3, strides=2, padding="same"), x2),
        "Conv2D dilated": one(lambda: L.Conv2D(3, 3, dilation_rate=2), x2),
        "Conv2D groups": one(lambda: L.Conv2D(6, 3, groups=2), x2),
        "Conv2D groups strides same": one(
            lambda: L.Conv2D(4, 3, groups=4, strides=2, padding="same"), x2
        ),
        "Conv3D": one(lambda: L.Conv3D(3, 2), x3),
        "Conv3D groups": one(lambda: L.Conv3D(4, 2, groups=2), x3),
        "SeparableConv1D": one(lambda: L.SeparableConv1D(3, 3), x1),
        "SeparableConv2D": one(lambda: L.SeparableConv2D(3, 3, depth_multiplier=2), x2),
        "DepthwiseConv1D": one(lambda: L.DepthwiseConv1D(3), x1),
        "DepthwiseConv2D": one(lambda: L.DepthwiseConv2D(3, padding="same"), x2),
        "DepthwiseConv2D dilated": one(lambda: L.DepthwiseConv2D(3, dilation_rate=2), x2),
        "Conv1DTranspose": one(lambda: L.Conv1DTranspose(3, 3, strides=2), x1),
        "Conv2DTranspose": one(lambda: L.Conv2DTranspose(3, 3, strides=2, padding="same"), x2),
        "Conv3DTranspose": one(lambda: L.Conv3DTranspose(3, 2, strides=2), x3),
    }


def pooling() -> dict[str, tuple]:
    x1, x2, x3 = floats(12, 4), floats(8, 8, 4), floats(6, 6, 6, 2)
    found = {}
    for rank, rows in ((1, x1), (2, x2), (3, x3)):
        for kind in ("Max", "Average"):
            pool = getattr(L, f"{kind}Pooling{rank}D")
            found[f"{kind}Pooling{rank}D"] = one(lambda p=pool: p(2), rows)
            found[f"{kind}Pooling{rank}D same"] = one(
                lambda p=pool: p(3, strides=2, padding="same"), rows
            )
            whole = getattr(L, f"Global{kind}Pooling{rank}D")
            found[f"Global{kind}Pooling{rank}D"] = one(lambda p=whole: p(), rows)
            name = f"Adaptive{kind}Pooling{rank}D"
            if hasattr(L, name):
                found[name] = one(lambda n=name: getattr(L, n)(3), rows)
    found["GlobalAveragePooling1D masked"] = one(
        lambda: keras.Sequential([L.Masking(), L.GlobalAveragePooling1D()]), x1
    )
    return found


def recurrent() -> dict[str, tuple]:
    steps = floats(6, 3)
    frames = floats(4, 6, 6, 2)
    found = {}
    for cell in ("LSTM", "GRU", "SimpleRNN"):
        kind = getattr(L, cell)
        found[cell] = one(lambda k=kind: k(4), steps)
        found[f"{cell} sequences"] = one(lambda k=kind: k(4, return_sequences=True), steps)
        found[f"{cell} backwards"] = one(lambda k=kind: k(4, go_backwards=True), steps)
        found[f"{cell} unrolled"] = one(lambda k=kind: k(4, unroll=True), steps)
        found[f"{cell} masked"] = one(lambda k=kind: keras.Sequential([L.Masking(), k(4)]), steps)
        found[f"Bidirectional {cell}"] = one(
            lambda k=kind: L.Bidirectional(k(4, return_sequences=True)), steps
        )
    return {
        **found,
        "LSTM return_state": one(lambda: L.LSTM(4, return_state=True), steps),
        "GRU reset_after=False": one(lambda: L.GRU(4, reset_after=False), steps),
        "RNN of cells": one(lambda: L.RNN([L.LSTMCell(4), L.GRUCell(3)]), steps),
        "TimeDistributed": one(lambda: L.TimeDistributed(L.Dense(2)), steps),
        "ConvLSTM1D": one(lambda: L.ConvLSTM1D(3, 3), floats(4, 8, 2)),
        "ConvLSTM2D": one(lambda: L.ConvLSTM2D(3, 3, padding="same"), frames),
        "ConvLSTM3D": one(lambda: L.ConvLSTM3D(2, 2), floats(3, 4, 4, 4, 2)),
    }


def preprocessing() -> dict[str, tuple]:
    ids = RNG.integers(0, 4, (4, 3)).astype("int64")
    words = np.array([["a", "b"], ["c", "zz"], ["b", "b"], ["", "a"]])
    numbers = np.array([[10, 20], [30, 99], [20, 20], [10, -5]], "int64")
    image = np.abs(floats(8, 8, 3))
    corpus = ["the cat sat on a dog", "the dog"]

    def vectorizer(**options: Any) -> Any:
        return lambda: adapted(L.TextVectorization(**options), corpus)

    found = {
        "CategoryEncoding one_hot": one(
            lambda: L.CategoryEncoding(4, output_mode="one_hot"), ids[:, :1]
        ),
        "CategoryEncoding multi_hot": one(
            lambda: L.CategoryEncoding(4, output_mode="multi_hot"), ids
        ),
        "CategoryEncoding count": one(lambda: L.CategoryEncoding(4, output_mode="count"), ids),
        "Discretization": one(lambda: L.Discretization([-1.0, 0.0, 1.0]), floats(3)),
        "Discretization one_hot": one(
            lambda: L.Discretization([-1.0, 0.0, 1.0], output_mode="one_hot"), floats(1)
        ),
        "Hashing strings": one(lambda: L.Hashing(7), words),
        "Hashing integers": one(lambda: L.Hashing(7), numbers),
        "Hashing salted": one(lambda: L.Hashing(7, salt=[133, 137]), words),
        "HashedCrossing": several(
            lambda inputs: L.HashedCrossing(9)(inputs), numbers[:, :1], ids[:, :1]
        ),
        "IntegerLookup": one(lambda: L.IntegerLookup(vocabulary=[10, 20, 30]), numbers),
        "IntegerLookup multi_hot": one(
            lambda: L.IntegerLookup(vocabulary=[10, 20, 30], output_mode="multi_hot"), numbers
        ),
        "StringLookup": one(lambda: L.StringLookup(vocabulary=["a", "b", "c"]), words),
        "StringLookup masked": one(
            lambda: L.StringLookup(vocabulary=["a", "b", "c"], mask_token=""), words
        ),
        "StringLookup several oov": one(
            lambda: L.StringLookup(vocabulary=["a", "b", "c"], num_oov_indices=3), words
        ),
        "StringLookup one_hot": one(
            lambda: L.StringLookup(vocabulary=["a", "b", "c"], output_mode="one_hot"), words[:, :1]
        ),
        "StringLookup count": one(
            lambda: L.StringLookup(vocabulary=["a", "b", "c"], output_mode="count"), words
        ),
        "StringLookup inverse": one(
            lambda: L.StringLookup(vocabulary=["a", "b", "c"], invert=True), ids
        ),
        "TextVectorization int": one(vectorizer(output_sequence_length=5), TEXTS),
        "TextVectorization int, open length": one(vectorizer(), TEXTS),
        "TextVectorization bigrams": one(vectorizer(ngrams=2, output_sequence_length=5), TEXTS),
        "TextVectorization characters": one(
            vectorizer(split="character", output_sequence_length=9), TEXTS
        ),
        "TextVectorization multi_hot": one(vectorizer(output_mode="multi_hot"), TEXTS),
        "TextVectorization count": one(vectorizer(output_mode="count"), TEXTS),
        "TextVectorization tf_idf": one(vectorizer(output_mode="tf_idf"), TEXTS),
        "Normalization": one(
            lambda: adapted(L.Normalization(), np.arange(12.0).reshape(4, 3)), floats(3)
        ),
        "Normalization inverse": one(
            lambda: L.Normalization(mean=1.0, variance=4.0, invert=True), floats(3)
        ),
        "Rescaling": one(lambda: L.Rescaling(1 / 255.0, offset=-1), image),
        "Resizing bilinear": one(lambda: L.Resizing(5, 6), image),
        "Resizing nearest": one(lambda: L.Resizing(5, 6, interpolation="nearest"), image),
        "Resizing bicubic": one(lambda: L.Resizing(5, 6, interpolation="bicubic"), image),
        "Resizing crop": one(lambda: L.Resizing(5, 3, crop_to_aspect_ratio=True), image),
        "CenterCrop": one(lambda: L.CenterCrop(4, 5), image),
        "MelSpectrogram": one(
            lambda: L.MelSpectrogram(
                fft_length=64, sequence_stride=32, sampling_rate=800, num_mel_bins=8, max_freq=400
            ),
            floats(256),
        ),
        "STFTSpectrogram": one(
            lambda: L.STFTSpectrogram(frame_length=64, frame_step=32, fft_length=64), floats(256, 1)
        ),
    }
    for name in (
        "RandomFlip",
        "RandomRotation",
        "RandomZoom",
        "RandomTranslation",
        "RandomContrast",
        "RandomBrightness",
    ):
        options = {} if name == "RandomFlip" else {"factor": 0.2}
        if name == "RandomZoom":
            options = {"height_factor": 0.2}
        if name == "RandomTranslation":
            options = {"height_factor": 0.2, "width_factor": 0.2}
        found[name] = one(lambda n=name, o=options: getattr(L, n)(**o), image)
    found["RandomCrop"] = one(lambda: L.RandomCrop(8, 8), image)
    return found


def normalization() -> dict[str, tuple]:
    x = floats(5, 6, 4)
    return {
        "BatchNormalization": one(lambda: L.BatchNormalization(), x),
        "BatchNormalization axis 1": one(lambda: L.BatchNormalization(axis=1), x),
        "BatchNormalization rank 2": one(lambda: L.BatchNormalization(), floats(7)),
        "LayerNormalization": one(lambda: L.LayerNormalization(), x),
        "LayerNormalization axes": one(lambda: L.LayerNormalization(axis=[1, 2]), x),
        "GroupNormalization": one(lambda: L.GroupNormalization(groups=2), x),
        "RMSNormalization": one(lambda: L.RMSNormalization(), x),
        "UnitNormalization": one(lambda: L.UnitNormalization(), x),
        "SpectralNormalization": one(lambda: L.SpectralNormalization(L.Dense(3)), floats(5)),
    }


def regularization() -> dict[str, tuple]:
    x = floats(5, 6, 4)
    return {
        "Dropout": one(lambda: L.Dropout(0.5), x),
        "AlphaDropout": one(lambda: L.AlphaDropout(0.5), x),
        "GaussianDropout": one(lambda: L.GaussianDropout(0.5), x),
        "GaussianNoise": one(lambda: L.GaussianNoise(0.5), x),
        "SpatialDropout1D": one(lambda: L.SpatialDropout1D(0.5), floats(6, 4)),
        "SpatialDropout2D": one(lambda: L.SpatialDropout2D(0.5), x),
        "SpatialDropout3D": one(lambda: L.SpatialDropout3D(0.5), floats(3, 5, 6, 4)),
        "ActivityRegularization": one(lambda: L.ActivityRegularization(l2=0.1), x),
    }


def attention() -> dict[str, tuple]:
    query, value = floats(5, 8), floats(7, 8)
    return {
        "Attention": several(lambda i: L.Attention()(i), query, value),
        "Attention scaled": several(
            lambda i: L.Attention(use_scale=True, score_mode="concat")(i), query, value
        ),
        "Attention causal": several(
            lambda i: L.Attention()([i[0], i[0]], use_causal_mask=True), query
        ),
        "AdditiveAttention": several(lambda i: L.AdditiveAttention()(i), query, value),
        "MultiHeadAttention": several(
            lambda i: L.MultiHeadAttention(2, 4)(i[0], i[1]), query, value
        ),
        "MultiHeadAttention causal": several(
            lambda i: L.MultiHeadAttention(2, 4)(i[0], i[0], use_causal_mask=True), query
        ),
        "GroupQueryAttention": several(
            lambda i: L.GroupQueryAttention(4, 4, 2)(i[0], i[1]), query, value
        ),
    }


def reshaping() -> dict[str, tuple]:
    x1, x2, x3 = floats(6, 4), floats(6, 5, 4), floats(4, 5, 6, 2)
    return {
        "Reshape": one(lambda: L.Reshape((3, 8)), x1),
        "Reshape -1": one(lambda: L.Reshape((-1, 2)), x1),
        "Flatten": one(lambda: L.Flatten(), x2),
        "RepeatVector": one(lambda: L.RepeatVector(3), floats(5)),
        "Permute": one(lambda: L.Permute((2, 1)), x1),
        "Cropping1D": one(lambda: L.Cropping1D(1), x1),
        "Cropping2D": one(lambda: L.Cropping2D(((1, 2), (0, 1))), x2),
        "Cropping3D": one(lambda: L.Cropping3D(1), x3),
        "UpSampling1D": one(lambda: L.UpSampling1D(2), x1),
        "UpSampling2D": one(lambda: L.UpSampling2D(2), x2),
        "UpSampling2D bilinear": one(lambda: L.UpSampling2D(2, interpolation="bilinear"), x2),
        "UpSampling3D": one(lambda: L.UpSampling3D(2), x3),
        "ZeroPadding1D": one(lambda: L.ZeroPadding1D(2), x1),
        "ZeroPadding2D": one(lambda: L.ZeroPadding2D(((1, 2), (0, 1))), x2),
        "ZeroPadding3D": one(lambda: L.ZeroPadding3D(1), x3),
    }


def merging() -> dict[str, tuple]:
    a, b = floats(5, 4), floats(5, 4)
    names = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
    found = {name: several(lambda i, n=name: getattr(L, n)()(i), a, b) for name in names}
    found["Dot"] = several(lambda i: L.Dot(axes=2)(i), a, b)
    found["Dot normalized"] = several(lambda i: L.Dot(axes=1, normalize=True)(i), a, b)
    found["Concatenate axis 1"] = several(lambda i: L.Concatenate(axis=1)(i), a, b)
    return found


def activation() -> dict[str, tuple]:
    x = 3 * floats(5, 4)
    kinds = {
        "ReLU": lambda: L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.5),
        "LeakyReLU": lambda: L.LeakyReLU(),
        "PReLU": lambda: L.PReLU(alpha_initializer="uniform", shared_axes=[1]),
        "ELU": lambda: L.ELU(0.7),
        "Softmax": lambda: L.Softmax(),
    }
    for name in (
        "celu",
        "elu",
        "exponential",
        "gelu",
        "glu",
        "hard_shrink",
        "hard_sigmoid",
        "hard_silu",
        "hard_tanh",
        "leaky_relu",
        "linear",
        "log_sigmoid",
        "log_softmax",
        "mish",
        "relu",
        "relu6",
        "selu",
        "sigmoid",
        "silu",
        "soft_shrink",
        "softmax",
        "softplus",
        "softsign",
        "sparse_plus",
        "sparse_sigmoid",
        "sparsemax",
        "squareplus",
        "tanh",
        "tanh_shrink",
        "threshold",
    ):
        if name == "threshold":
            kinds[name] = lambda: L.Lambda(lambda t: keras.activations.threshold(t, 0.5, -1.0))
        else:
            kinds[name] = lambda n=name: L.Activation(n)
    return {name: one(kind, x) for name, kind in kinds.items()}
