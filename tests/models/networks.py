"""Small Keras models for the tests."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

# The weights behind the numbers that the original walk-through prints.
GOLDEN_KERNEL, GOLDEN_BIAS = [[1.9978589], [-1.0296257]], [3.0809885]


def linear(shift: float = 0.0) -> keras.Model:
    inputs = keras.layers.Input(shape=(2,), name="inputs")
    model = keras.Model(inputs, keras.layers.Dense(1, name="outputs")(inputs))
    bias = np.array(GOLDEN_BIAS) + shift
    model.layers[1].set_weights([np.array(GOLDEN_KERNEL), bias])
    return model


def images() -> keras.Model:
    keras.utils.set_random_seed(7)
    return keras.Sequential(
        [
            keras.layers.Input(shape=(4, 3, 2), name="image"),
            keras.layers.Conv2D(5, 3, padding="same", activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax", name="probabilities"),
        ]
    )


def pictures() -> keras.Model:
    """Image to image: a result of rank 3 a row."""
    keras.utils.set_random_seed(8)
    inputs = keras.layers.Input(shape=(4, 3, 2), name="image")
    return keras.Model(inputs, keras.layers.Conv2D(2, 1, name="picture")(inputs))


def two_inputs() -> keras.Model:
    a = keras.layers.Input(shape=(2,), name="a")
    b = keras.layers.Input(shape=(1,), name="b")
    total = keras.layers.Dense(1, kernel_initializer="ones", name="total")
    return keras.Model([a, b], total(keras.layers.Concatenate()([a, b])))


def two_outputs() -> keras.Model:
    inputs = keras.layers.Input(shape=(2,), name="x")
    return keras.Model(
        inputs, [keras.layers.Dense(1, name="p")(inputs), keras.layers.Dense(2, name="q")(inputs)]
    )


def lstm() -> keras.Model:
    """Library functions within functions: a while loop with its own body."""
    keras.utils.set_random_seed(9)
    inputs = keras.layers.Input(shape=(5, 3), name="steps")
    return keras.Model(inputs, keras.layers.LSTM(4, name="state")(inputs))


def grouped_3d() -> keras.Model:
    """What 1.15 would get wrong without a word."""
    keras.utils.set_random_seed(10)
    inputs = keras.layers.Input(shape=(4, 5, 3, 2), name="x")
    return keras.Model(inputs, keras.layers.Conv3D(4, 2, groups=2, name="y")(inputs))


def unknown_layer() -> keras.Model:
    """One layer uses an op that 1.15 lacks, and no rule has."""
    inputs = keras.layers.Input(shape=(2,), name="x")
    odd = keras.layers.Lambda(tf.math.special.dawsn, output_shape=(2,), name="odd_one")
    return keras.Model(inputs, keras.layers.Dense(1, name="y")(odd(inputs)))
