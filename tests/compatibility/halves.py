"""Layers and whole models that compute in float16 or bfloat16, in part or altogether."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from keras import layers as L

RNG = np.random.default_rng(31)
POLICIES = ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16")
STEPS = RNG.normal(size=(4, 6, 8)).astype("float32")
PICTURES = RNG.uniform(0, 1, (4, 8, 8, 4)).astype("float32")


def one(*layers: Callable[[], Any], rows: np.ndarray = STEPS) -> tuple:
    def build() -> keras.Model:
        made = [layer() for layer in layers]
        return keras.Sequential([L.Input(rows.shape[1:], name="x"), *made])

    return build, rows


def attention() -> keras.Model:
    inputs = L.Input(STEPS.shape[1:], name="x")
    x = L.LayerNormalization()(inputs + L.MultiHeadAttention(2, 4)(inputs, inputs))
    return keras.Model(inputs, L.Dense(3, "softmax")(x))


def application(name: str) -> tuple:
    rows = RNG.uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    made = getattr(keras.applications, name)
    return lambda: made(weights=None, input_shape=(32, 32, 3), classes=10), rows


CASES = {
    "Dense": one(lambda: L.Dense(5, "relu"), lambda: L.Dense(3)),
    "Conv2D, BatchNormalization": one(
        lambda: L.Conv2D(4, 3, padding="same"),
        lambda: L.BatchNormalization(),
        lambda: L.ReLU(),
        lambda: L.MaxPooling2D(),
        rows=PICTURES,
    ),
    "SeparableConv2D": one(lambda: L.SeparableConv2D(4, 3), rows=PICTURES),
    # The initial weights by default are orthogonal, which no kernel computes in bfloat16.
    "LSTM": one(lambda: L.LSTM(4, return_sequences=True, recurrent_initializer="glorot_uniform")),
    "GRU": one(lambda: L.GRU(4, recurrent_initializer="glorot_uniform")),
    "attention": (attention, STEPS),
    "MobileNetV2": application("MobileNetV2"),
    "EfficientNetB0": application("EfficientNetB0"),
}


def cases() -> Iterator[tuple]:
    for name, (build, rows) in CASES.items():
        for policy in POLICIES:

            def built(build: Callable[[], Any] = build, policy: str = policy) -> keras.Model:
                keras.config.set_dtype_policy(policy)
                try:
                    return build()
                finally:
                    keras.config.set_dtype_policy("float32")

            yield "half precision", f"{name} {policy}", built, rows
