"""Models of the kinds that people serve, to compare Spark's answers with TensorFlow's own."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L


def wide_and_deep() -> keras.Model:
    """Numbers, an id and texts side by side; two outputs."""
    keras.utils.set_random_seed(31)
    numbers = L.Input((6,), dtype="float32", name="numbers")
    item = L.Input((), dtype="int64", name="item")
    city = L.Input((), dtype="string", name="city")
    tags = L.Input((3,), dtype="string", name="tags")
    scale = L.Normalization(mean=np.arange(6.0), variance=np.arange(1.0, 7.0))
    cities = L.StringLookup(vocabulary=["Paris", "Köln", "Oslo"], output_mode="one_hot")
    wide = L.Concatenate()([scale(numbers), cities(city)])
    tagged = L.Embedding(16, 4)(L.Hashing(16, salt=7)(tags))
    deep = L.Concatenate()([wide, L.Embedding(50, 8)(item), L.Flatten()(tagged)])
    for units in (32, 16):
        deep = L.Dense(units, "relu")(deep)
    both = L.Concatenate()([wide, deep])
    outputs = [L.Dense(1, "sigmoid", name="bought")(both), L.Dense(3, name="amounts")(both)]
    return keras.Model([numbers, item, city, tags], outputs)


def ragged_lstm() -> keras.Model:
    """Any number of steps a row, and an answer for each step besides that for the whole."""
    keras.utils.set_random_seed(32)
    steps = L.Input((None, 3), name="steps")
    states = L.LSTM(12, return_sequences=True)(steps)
    last = L.LSTM(8)(states)
    return keras.Model(steps, [L.Dense(2, name="whole")(last), L.Dense(1, name="each")(states)])


def attention() -> keras.Model:
    """A block of a transformer over token ids, of which 0 is padding."""
    keras.utils.set_random_seed(33)
    tokens = L.Input((12,), dtype="int32", name="tokens")
    x = L.Embedding(40, 16, mask_zero=True)(tokens)
    places = L.Embedding(12, 16)(keras.ops.arange(12))
    x = L.Add()([x, places[None]])
    x = L.LayerNormalization()(x + L.MultiHeadAttention(4, 4)(x, x))
    x = L.LayerNormalization()(x + L.Dense(16)(L.Dense(32, "gelu")(x)))
    pooled = L.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, L.Dense(5, "softmax", name="classes")(pooled))


def resnet50() -> keras.Model:
    """The whole network, such that its answers can be compared at all.

    With random weights it magnifies rounding: TensorFlow's own answers, eager and as a graph, are
    1e-4 apart and as far from those in float64. With statistics of the images that it will see, and
    a tenth of each residual branch, they agree within 4e-6, and each block still tells in them.
    """
    keras.utils.set_random_seed(34)
    image = L.Input((64, 64, 3), name="image")
    model = keras.applications.ResNet50(
        weights=None, input_tensor=image, classes=10, classifier_activation=None
    )
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization):
            layer.momentum = 0.0
            if layer.name.endswith("_3_bn"):
                layer.gamma.assign(0.1 * layer.gamma)
    model([images(np.random.default_rng(35), 16)], training=True)
    return model


def images(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.uniform(0, 255, (count, 64, 64, 3)).astype("float32")


def _specs(**inputs: tuple) -> list[tf.TensorSpec]:
    return [tf.TensorSpec([None, *shape], of, name=name) for name, (of, *shape) in inputs.items()]


class ThreeSignatures(tf.Module):
    """Signatures that share nothing but the model: other ops and other dtypes each."""

    def __init__(self):
        super().__init__()
        self.metric = tf.Variable(np.random.default_rng(36).normal(size=(3, 3)))
        initial = tf.lookup.KeyValueTensorInitializer(["red", "grün", "blue"], [1, 2, 3])
        self.colours = tf.lookup.StaticHashTable(initial, default_value=0)
        self.serving = {name: getattr(self, name) for name in ("distances", "words", "ranks")}

    @tf.function(input_signature=_specs(a=(tf.float64, 3), b=(tf.float64, 3)))
    def distances(self, a, b):
        apart = (a - b) @ self.metric
        return {"distance": tf.norm(apart, axis=1), "outer": tf.einsum("bi,bj->bij", apart, a)}

    @tf.function(input_signature=_specs(text=(tf.string, 3)))
    def words(self, text):
        return {
            "colours": self.colours.lookup(text),
            "joined": tf.strings.reduce_join(tf.strings.upper(text), axis=1, separator="-"),
            "buckets": tf.strings.to_hash_bucket_fast(text, 1000),
        }

    @tf.function(input_signature=_specs(amounts=(tf.int32, 5), falling=(tf.bool,)))
    def ranks(self, amounts, falling):
        rising = tf.sort(amounts, axis=1)
        return {
            "ordered": tf.where(falling[:, None], rising[:, ::-1], rising),
            "over_mean": amounts > tf.reduce_mean(amounts, axis=1, keepdims=True),
            "level": tf.cast(tf.argmax(amounts, axis=1), tf.uint8),
        }
