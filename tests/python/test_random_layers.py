"""Layers that draw random numbers in training only, and models that draw them when they serve."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
import tfpredict

L = keras.layers
v1 = tf.compat.v1
RNG = np.random.default_rng(7)

IMAGES = {
    "flip": lambda: L.RandomFlip(),
    "rotation": lambda: L.RandomRotation(0.2),
    "zoom": lambda: L.RandomZoom(0.2),
    "translation": lambda: L.RandomTranslation(0.2, 0.2),
    "shear": lambda: L.RandomShear(0.2, 0.2),
    "crop": lambda: L.RandomCrop(6, 5),
    "contrast": lambda: L.RandomContrast(0.4),
    "brightness": lambda: L.RandomBrightness(0.4),
    "hue": lambda: L.RandomHue(0.3),
    "saturation": lambda: L.RandomSaturation(0.3),
    "sharpness": lambda: L.RandomSharpness(0.3),
    "color_jitter": lambda: L.RandomColorJitter(brightness_factor=0.3, hue_factor=0.2),
    "color_degeneration": lambda: L.RandomColorDegeneration(0.3),
    "grayscale": lambda: L.RandomGrayscale(),
    "posterization": lambda: L.RandomPosterization(4),
    "invert": lambda: L.RandomInvert(),
    "erasing": lambda: L.RandomErasing(),
    "blur": lambda: L.RandomGaussianBlur(),
    "perspective": lambda: L.RandomPerspective(),
    "elastic": lambda: L.RandomElasticTransform(),
    "cut_mix": lambda: L.CutMix(),
    "mix_up": lambda: L.MixUp(),
    "augment": lambda: L.RandAugment(),
    "aug_mix": lambda: L.AugMix(),
    "gaussian_noise": lambda: L.GaussianNoise(0.3),
    "gaussian_dropout": lambda: L.GaussianDropout(0.3),
    "alpha_dropout": lambda: L.AlphaDropout(0.3),
    "spatial_dropout": lambda: L.SpatialDropout2D(0.3),
    "dropout": lambda: L.Dropout(0.3),
}
WITH_DROPOUT = {"dropout": 0.3, "recurrent_dropout": 0.2}
SEQUENCES = {
    "lstm": lambda: L.LSTM(3, **WITH_DROPOUT),
    "gru": lambda: L.GRU(3, **WITH_DROPOUT),
    "gru_before": lambda: L.GRU(3, reset_after=False, **WITH_DROPOUT),
    "simple": lambda: L.SimpleRNN(3, return_sequences=True, **WITH_DROPOUT),
    "cells": lambda: L.RNN([L.LSTMCell(3, **WITH_DROPOUT), L.GRUCell(2, **WITH_DROPOUT)]),
    "both_ways": lambda: L.Bidirectional(L.GRU(2, **WITH_DROPOUT)),
    "unrolled": lambda: L.LSTM(3, unroll=True, **WITH_DROPOUT),
    "spatial": lambda: L.SpatialDropout1D(0.3),
    "distributed": lambda: L.TimeDistributed(L.Dropout(0.3)),
}
# Made when a model is written, so that each test has one file and one query.
OPTIONS = {"RandomTranslation": {"width_factor": 0.2}}
MANY = {"images": ((8, 8, 3), IMAGES), "sequences": ((5, 4), SEQUENCES)}


def _table(spark, rows):
    nested = "array<" * (rows.ndim - 1) + "float" + ">" * (rows.ndim - 1)
    return spark.createDataFrame([(row.tolist(),) for row in rows], f"x {nested}").coalesce(1)


def _random(path, **options):
    (signature,) = tfpredict.inspect(path, **options).signatures
    assert signature.runs, signature.refusals
    return signature.random


@pytest.mark.parametrize("kind", MANY)
def test_what_only_training_draws_is_left_out(spark, tmp_path, kind):
    shape, layers = MANY[kind]
    inputs = L.Input(shape, name="x")
    net = keras.Model(inputs, {name: make()(inputs) for name, make in layers.items()})
    tfpredict.export(net, tmp_path)
    rows = RNG.uniform(0, 1, (6, *shape)).astype("float32")
    assert not tfpredict.inspect(tmp_path).signatures[-1].random
    tfpredict.register(spark, tmp_path, f"left_{kind}")
    answers = _table(spark, rows).selectExpr(f"left_{kind}(x) AS y").select("y.*").collect()
    for name, expected in net(rows, training=False).items():
        found = np.array([row[name] for row in answers]).reshape(expected.shape)
        np.testing.assert_allclose(found, expected.numpy(), atol=1e-5, err_msg=name)


DRAWN = {
    "dropout": (lambda x: L.Dropout(0.4)(x, training=True), 0.4),
    "spatial_dropout": (lambda x: L.SpatialDropout1D(0.4)(x, training=True), 0.4),
    "gaussian_dropout": (lambda x: L.GaussianDropout(0.4)(x, training=True), 0.0),
    "gaussian_noise": (lambda x: L.GaussianNoise(0.5)(x, training=True), 0.0),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_serving_draws_is_drawn_anew(spark, tmp_path, name):
    make, dropped = DRAWN[name]
    inputs = L.Input((3, 50), name="x")
    keras.Model(inputs, make(inputs)).export(str(tmp_path / "1"), verbose=False)
    assert all(signature.random for signature in tfpredict.inspect(tmp_path).signatures)
    tfpredict.register(spark, tmp_path, f"drawn_{name}")
    table = _table(spark, np.ones((60, 3, 50), "float32"))
    first, second = (
        np.array([row[0] for row in table.selectExpr(f"drawn_{name}(x)").collect()])
        for _ in range(2)
    )
    assert (first != second).any()
    for drawn in (first, second):
        assert abs(drawn.mean() - 1) < 0.06
        assert abs((drawn == 0).mean() - dropped) < 0.06
        assert len(np.unique(drawn.sum((1, 2)))) > 10  # rows have their own


@pytest.mark.parametrize("layer", ["RandomRotation", "RandomZoom", "RandomTranslation"])
def test_what_keras_own_export_moves_runs(spark, tmp_path, layer):
    inputs = L.Input((8, 8, 3), name="x")
    augmented = keras.Model(inputs, getattr(L, layer)(0.3, **OPTIONS.get(layer, {}))(inputs))
    augmented.export(str(tmp_path / "1"), verbose=False)
    assert all(signature.random for signature in tfpredict.inspect(tmp_path).signatures)
    tfpredict.register(spark, tmp_path, f"moved_{layer}")
    ones = _table(spark, np.ones((20, 8, 8, 3), "float32"))
    answers = np.array([row[0] for row in ones.selectExpr(f"moved_{layer}(x)").collect()])
    np.testing.assert_allclose(answers, 1, atol=1e-5)  # what is outside is the picture's too
    ramp = np.tile(np.arange(8, dtype="float32")[:, None, None], (20, 1, 8, 3))
    moved = np.array(
        [row[0] for row in _table(spark, ramp).selectExpr(f"moved_{layer}(x)").collect()]
    )
    assert moved.min() >= -1e-5
    assert moved.max() <= 7 + 1e-5
    # Each row is moved its own way. A zoom keeps a ramp's sum, so whole pictures are compared; with
    # three decimals two of 20 zooms are alike in one run of twelve.
    assert len(np.unique(moved.reshape(20, -1).round(5), axis=0)) == 20


class Generated(tf.Module):
    """Numbers of a generator whose state each call advances."""

    def __init__(self):
        self.generator = tf.random.Generator.from_seed(3)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def __call__(self, x):
        draw, shape = self.generator, tf.shape(x)
        whole = draw.uniform(shape, 0, 10, dtype=tf.int32)
        seeds = draw.make_seeds(1)[:, 0]
        return {
            "uniform": x + draw.uniform(shape),
            "normal": x + draw.normal(shape),
            "truncated": x + draw.truncated_normal(shape),
            "whole": tf.cast(whole, tf.float32),
            "seeded": x + tf.random.stateless_uniform(shape, seeds),
        }


def test_a_generator_of_the_model_is_the_runtimes(spark, tmp_path):
    tfpredict.export(Generated(), tmp_path)
    assert _random(tmp_path)
    tfpredict.register(spark, tmp_path, "generated")
    table = spark.range(4000).selectExpr("generated(0f) AS y").select("y.*")
    numbers = {name: np.array(of) for name, of in table.toPandas().items()}
    for name in ("uniform", "seeded"):
        assert numbers[name].min() >= 0
        assert numbers[name].max() < 1
        assert abs(numbers[name].mean() - 0.5) < 0.05
    assert abs(numbers["normal"].mean()) < 0.1
    assert abs(numbers["normal"].std() - 1) < 0.1
    assert abs(numbers["truncated"]).max() <= 2
    assert set(numbers["whole"]) == set(range(10))


class Counting(tf.Module):
    """A seed that an output shows is more than a seed."""

    def __init__(self):
        self.seeds = keras.random.SeedGenerator(3)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def __call__(self, x):
        seed = self.seeds.next()
        return x + tf.cast(seed[1], tf.float32) + keras.random.uniform(tf.shape(x), seed=4)


def test_a_seed_that_is_shown_is_refused(spark, tmp_path):
    module = Counting()
    module.state = module.seeds.state.value
    tf.saved_model.save(module, str(tmp_path / "1"), signatures=module.__call__)
    with pytest.raises(tfpredict.UnsupportedModelException, match="writes a state that an output"):
        tfpredict.register(spark, tmp_path, "counting")


class Seeded(tf.Module):
    """Numbers of a fixed seed: TensorFlow promises which ones."""

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
    def __call__(self, x):
        return x * tf.random.stateless_normal([4], seed=[2, 3]) + keras.random.uniform([4], seed=9)


def test_a_fixed_seed_gives_tensorflows_numbers(spark, tmp_path):
    module = Seeded()
    tfpredict.export(module, tmp_path)
    assert not _random(tmp_path)
    rows = RNG.normal(size=(5, 4)).astype("float32")
    tfpredict.register(spark, tmp_path, "seeded")
    answers = [row[0] for row in _table(spark, rows).selectExpr("seeded(x)").collect()]
    np.testing.assert_allclose(answers, module(rows), rtol=1e-6)


@pytest.fixture(params=["If", "Switch"])
def branches(request):
    """How a graph of TensorFlow 1 chooses between branches."""
    if request.param == "Switch":
        v1.disable_control_flow_v2()
    yield request.param
    v1.enable_control_flow_v2()


def test_a_training_flag_that_nobody_feeds_is_its_default(spark, tmp_path, branches):
    rows = RNG.normal(size=(5, 3)).astype("float32")
    with tf.Graph().as_default() as graph, v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 3], name="x")
        training = v1.placeholder_with_default(False, [], name="keras_learning_phase")
        keep = v1.placeholder_with_default(1.0, [], name="keep_prob")
        weights = v1.get_variable("w", initializer=RNG.normal(size=(3, 2)).astype("float32"))
        hidden = v1.cond(training, lambda: tf.nn.dropout(x, 0.5), lambda: tf.identity(x))
        mean = v1.cond(
            tf.logical_not(training),
            lambda: weights * 2.0,
            lambda: weights + v1.random_normal(tf.shape(weights)),
        )
        y = v1.nn.dropout(hidden @ mean, rate=1 - keep)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(tmp_path / "1"), {"x": x}, {"y": y, "h": hidden})
        expected = session.run(y, {x: rows})
        assert any(node.op == branches for node in graph.as_graph_def().node)
    name = f"unfed_{branches.lower()}"
    tfpredict.register(spark, tmp_path, name, outputs=["y"])
    answers = [row[0] for row in _table(spark, rows).selectExpr(f"{name}(x)").collect()]
    np.testing.assert_allclose(answers, expected, rtol=1e-5)
    tfpredict.register(spark, tmp_path, name, outputs=["h"], replace=True)
    plan = _table(spark, rows).selectExpr(f"{name}(x) AS h")
    assert "deterministic=false" not in str(plan._jdf.queryExecution().analyzed())
    assert np.allclose([row[0] for row in plan.collect()], rows)
