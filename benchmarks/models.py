"""The models and their data. With TensorFlow, without Spark."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from sklearn.datasets import load_digits
from tfpredict.training import digits, linear

COUNTRIES = [f"country {number}" for number in range(200)]


def model(name: str) -> Any:
    """Make a workload's model; how well it predicts plays no part, so it is hardly trained."""
    keras.utils.set_random_seed(1)
    if name == "linear":
        return linear.train(seed=1, epochs=2).model
    if name == "digits":
        return digits.train(seed=1, epochs=2).model
    if name == "mlp":
        return _mlp()
    if name == "wide_and_deep":
        return _wide_and_deep()
    image = keras.layers.Input(shape=(64, 64, 3), name="image")
    return keras.applications.ResNet50(
        weights=None, input_tensor=image, classes=10, classifier_activation=None
    )


def rows(name: str, count: int) -> dict[str, np.ndarray]:
    """Make so many rows of a workload's columns, by the inputs' names; arrays are flat."""
    rng = np.random.default_rng(2)

    def floats(*shape: int) -> np.ndarray:
        return rng.standard_normal((count, *shape), dtype="float32")

    if name == "linear":
        return {"inputs": 10 * floats(2)}
    if name == "mlp":
        return {"features": floats(64)}
    if name == "digits":
        images = (load_digits().images / 16).astype("float32").reshape(-1, 64)
        return {"image": images[rng.integers(0, len(images), count)]}
    if name == "wide_and_deep":
        # One in twenty countries is not in the vocabulary.
        countries = np.array([*COUNTRIES, *(f"unknown {number}" for number in range(10))], object)
        devices = np.array([f"device-{number:06}" for number in range(50_000)], object)
        return {
            "country": countries[rng.integers(0, len(countries), count)],
            "dense": floats(16),
            "device": devices[rng.integers(0, len(devices), count)],
            "item": rng.integers(0, 10**9, count),
        }
    return {"image": floats(64 * 64 * 3)}


def _mlp() -> Any:
    return keras.Sequential(
        [
            keras.layers.Input(shape=(64,), name="features"),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(1, name="score"),
        ]
    )


def _wide_and_deep() -> Any:
    country = keras.layers.Input(shape=(), dtype="string", name="country")
    dense = keras.layers.Input(shape=(16,), name="dense")
    device = keras.layers.Input(shape=(), dtype="string", name="device")
    item = keras.layers.Input(shape=(), dtype="int64", name="item")

    looked_up = keras.layers.StringLookup(vocabulary=COUNTRIES)(country)
    device_hash = keras.layers.Hashing(num_bins=1000)(device)
    item_hash = keras.layers.Hashing(num_bins=5000)(item)
    categories = ((looked_up, 201), (device_hash, 1000), (item_hash, 5000))

    wide = [keras.layers.Embedding(size, 1)(indices) for indices, size in categories]
    deep = [keras.layers.Embedding(size, 16)(indices) for indices, size in categories]
    hidden = keras.layers.Concatenate()([dense, *deep])
    # Keras would call the first of them "dense", as the input is.
    for units in (128, 64):
        hidden = keras.layers.Dense(units, activation="relu", name=f"hidden_{units}")(hidden)
    logit = keras.layers.Add()([*wide, keras.layers.Dense(1, name="deep")(hidden)])
    click = keras.layers.Activation("sigmoid", name="click")(logit)
    return keras.Model([country, dense, device, item], click)
