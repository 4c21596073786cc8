"""Models of float16, bfloat16 and int8 inside: SQL answers as TensorFlow does."""

from __future__ import annotations

import numpy as np
import pytest
import tfpredict
from answers import TOLERANCE, difference

tf = pytest.importorskip("tensorflow", reason="models are made here")
keras = pytest.importorskip("keras", reason="models are made here")

HALF = 1e-2  # relative; a bfloat16 has 8 bits
ROWS = 12
RNG = np.random.default_rng(11)


def perceptron():
    x = inputs = keras.Input((8,), name="x")
    x = keras.layers.Dense(32, activation="relu")(x)
    x = keras.layers.LayerNormalization()(x)
    x = keras.layers.Dense(24, activation="gelu")(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dense(16, activation="silu")(x)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax", dtype="float32")(x))


def convolutions():
    x = inputs = keras.Input((12, 12, 3), name="x")
    x = keras.layers.Conv2D(8, 3, activation="relu")(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    x = keras.layers.Conv2D(8, 1, activation="swish")(x)
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.AveragePooling2D(2, padding="same")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(4, activation="sigmoid")(x))


def attention():
    x = inputs = keras.Input((6,), dtype="int32", name="x")
    x = keras.layers.Embedding(50, 16)(x)
    x = x + keras.layers.MultiHeadAttention(2, 8)(x, x)
    x = keras.layers.LayerNormalization()(x)
    x = keras.layers.Bidirectional(keras.layers.LSTM(8, return_sequences=True))(x)
    x = keras.layers.GRU(8)(x)
    return keras.Model(inputs, keras.layers.Dense(3)(x))


INPUTS = {
    perceptron: (RNG.normal(size=(ROWS, 8)).astype("float32"), "array<float>"),
    convolutions: (
        RNG.normal(size=(ROWS, 12, 12, 3)).astype("float32"),
        "array<array<array<float>>>",
    ),
    attention: (RNG.integers(0, 50, (ROWS, 6)).astype("int32"), "array<int>"),
}


def built(make, policy="float32"):
    keras.utils.set_random_seed(5)
    keras.mixed_precision.set_dtype_policy(policy)
    try:
        return make()
    finally:
        keras.mixed_precision.set_dtype_policy("float32")


def apart(spark, model, folder, make):
    """How far SQL's answers are from those of what was exported, in TensorFlow."""
    rows, schema = INPUTS[make]
    model.export(str(folder / "1"), verbose=False)
    tfpredict.register(spark, folder, "number_formats")
    table = spark.createDataFrame(
        [(i, row.tolist()) for i, row in enumerate(rows)], f"id int, x {schema}"
    )
    found = table.repartition(2).selectExpr("id", "number_formats(x) AS y").collect()
    answers = np.array([row.y for row in sorted(found)], "float32")
    served = tf.saved_model.load(str(folder / "1")).signatures["serving_default"]
    (own,) = served(tf.constant(rows)).values()
    own = tf.cast(own, tf.float32).numpy()
    # What is the same for every row would be equal whatever the model did.
    assert np.ptp(own, axis=0).max() > 1e-3
    return difference(answers, own)


@pytest.mark.parametrize(
    ("make", "policy"),
    [
        *((make, policy) for make in INPUTS for policy in ("mixed_float16", "mixed_bfloat16")),
        *((perceptron, policy) for policy in ("float16", "bfloat16")),
        (convolutions, "bfloat16"),
        (attention, "float16"),
    ],
)
def test_half_precision_answers_as_tensorflow_does(spark, tmp_path, make, policy):
    assert apart(spark, built(make, policy), tmp_path, make) <= HALF


@pytest.mark.parametrize("policy", ["float16", "bfloat16"])
def test_examples_are_kept_with_half_precision(tmp_path, policy):
    rows, _ = INPUTS[perceptron]
    tfpredict.export(built(perceptron, policy), tmp_path, examples=rows)
    (found,) = tfpredict.verify(tmp_path).outputs
    assert found.difference <= found.tolerance == HALF


# The runtime's optimizer makes other ops of these, before it looks which kernels there are.
OPTIMIZED = {
    "a quotient by a constant": lambda x, y: x / tf.constant(3.5, x.dtype),
    "a quotient by a root": lambda x, y: x / tf.sqrt(y),
    "a logarithm of one more": lambda x, y: tf.math.log(y + tf.constant(1, y.dtype)),
    "a squared difference": lambda x, y: tf.square(x - y),
}


@pytest.mark.parametrize("dtype", [tf.float16, tf.bfloat16], ids=lambda dtype: dtype.name)
@pytest.mark.parametrize("name", OPTIMIZED)
def test_the_optimizer_makes_no_op_without_a_kernel(tmp_path, name, dtype):
    spec = tf.TensorSpec([None, 5], tf.float32)

    @tf.function(input_signature=[spec, spec])
    def serving(x, y):
        small = OPTIMIZED[name](tf.cast(x, dtype), tf.cast(y, dtype))
        return {"z": tf.cast(small, tf.float32)}

    rows = [RNG.normal(size=(4, 5)), RNG.uniform(0.5, 4, size=(4, 5))]
    tfpredict.export(serving, tmp_path, examples=rows)
    assert tfpredict.inspect(tmp_path).runs
    (found,) = tfpredict.verify(tmp_path).outputs
    assert found.difference <= found.tolerance == HALF


@pytest.mark.parametrize("bits", ["int8", "int4"])
@pytest.mark.parametrize("make", [perceptron, attention], ids=lambda make: make.__name__)
def test_quantized_layers_answer_as_tensorflow_does(spark, tmp_path, make, bits):
    model = built(make)
    model.quantize(bits)
    assert apart(spark, model, tmp_path, make) <= TOLERANCE


def test_a_dtype_of_one_byte_that_the_runtime_lacks_is_refused(spark, tmp_path):
    model = built(perceptron)
    model.quantize("float8")
    model.export(str(tmp_path / "1"), verbose=False)
    with pytest.raises(
        tfpredict.UnsupportedModelException, match=r"op Cast with .*a dtype that it does not know"
    ):
        tfpredict.register(spark, tmp_path, "float8")
