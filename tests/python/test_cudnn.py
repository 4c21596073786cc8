"""Recurrent layers as GPUs have them answer as the CPU's layers of the same weights do."""

from __future__ import annotations

import importlib

import keras
import numpy as np
import pytest
import tensorflow as tf
import tfpredict
import unrun

RNG = np.random.default_rng(6)
STEPS, FEATURES, UNITS = 5, 3, 4
raw = tf.raw_ops
v1 = tf.compat.v1


def floats(*shape):
    return RNG.normal(size=shape).astype("float32")


ROWS = floats(6, STEPS, FEATURES)
LENGTHS = np.array([5, 1, 3, 2, 4, 5], "int32")


class Layer:
    """Weights of an LSTM or GRU, as Keras has them and as cuDNN does."""

    def __init__(self, mode, features=FEATURES):
        self.mode, self.gates = mode, 4 if mode == "lstm" else 3
        self.kernel = floats(features, self.gates * UNITS)
        self.recurrent = floats(UNITS, self.gates * UNITS)
        self.biases = floats(2, self.gates * UNITS)

    def of_keras(self, backwards=False):
        """The layer; it gives all states, and those of the last step."""
        kind = keras.layers.LSTM if self.mode == "lstm" else keras.layers.GRU
        layer = kind(UNITS, return_sequences=True, return_state=True, go_backwards=backwards)
        layer.build((None, None, self.kernel.shape[0]))
        bias = self.biases.sum(0) if self.mode == "lstm" else self.biases
        layer.set_weights([self.kernel, self.recurrent, bias])
        return layer

    def parts(self):
        """Matrices and biases by gate, in the order of cuDNN."""

        def split(values):
            found = np.split(values, self.gates, -1)
            if self.mode == "gru":
                found[:2] = found[1::-1]  # reset comes before update
            return found

        matrices = [m.T for m in split(self.kernel) + split(self.recurrent)]
        return matrices, split(self.biases[0]) + split(self.biases[1])


def params(layers):
    parts = [layer.parts() for layer in layers]
    matrices = [m.ravel() for of, _ in parts for m in of]
    return np.concatenate(matrices + [b for _, of in parts for b in of])


def wanted(layers, rows, directions=1, lengths=None):
    """The layers' outputs, and the states after the last step, a row at a time."""
    outputs, ends = [], []
    for index, row in enumerate(rows):
        count = len(row) if lengths is None else lengths[index]
        x, end = row[None, :count], []
        for number in range(0, len(layers), directions):
            found = []
            for backwards, layer in enumerate(layers[number : number + directions]):
                states, *last = layer.of_keras(backwards == 1)(x)
                found.append(states[:, ::-1] if backwards else states)
                end.append(np.stack([np.ravel(state) for state in last]))
            x = np.concatenate(found, -1)
        outputs.append(np.pad(x[0], [(0, len(row) - count), (0, 0)]))
        ends.append(np.stack(end))
    return np.stack(outputs), np.stack(ends)


def answers(spark, folder, rows, lengths=None):
    table = spark.createDataFrame(
        [
            (index, row.tolist(), int(count))
            for index, (row, count) in enumerate(
                zip(rows, np.full(len(rows), STEPS) if lengths is None else lengths)
            )
        ],
        "id int, x array<array<float>>, lengths int",
    )
    names = ["x"] if lengths is None else ["lengths", "x"]
    found = table.select("id", tfpredict.predict(folder, *names).alias("y")).orderBy("id")
    return [row.y for row in found.collect()]


def save(folder, function, *specs):
    module = tf.Module()
    module.serving = tf.function(function, input_signature=specs)
    tf.saved_model.save(module, str(folder / "1"), {"serving_default": module.serving})


X = tf.TensorSpec([None, STEPS, FEATURES], name="x")


@pytest.mark.parametrize("version", ["", "V2", "V3"])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("mode", ["lstm", "gru"])
def test_recurrent_layers_of_cudnn(spark, tmp_path, mode, directions, version):
    layers = [Layer(mode) for _ in range(directions)]
    layers += [Layer(mode, directions * UNITS) for _ in range(directions)]
    lengths = LENGTHS if version == "V3" else None
    weights = tf.constant(params(layers))

    def serving(x, lengths=None):
        # Of the third version with the batch first, as Keras has it.
        given = x if version == "V3" else tf.transpose(x, [1, 0, 2])
        batch = tf.shape(x)[0]
        shape = [batch, len(layers), UNITS] if version == "V3" else [len(layers), batch, UNITS]
        zeros = tf.ensure_shape(tf.zeros(shape), [None if of is batch else of for of in shape])
        more = {"sequence_lengths": lengths, "time_major": False} if version == "V3" else {}
        found = getattr(raw, f"CudnnRNN{version}")(
            input=given,
            input_h=zeros,
            input_c=zeros if mode == "lstm" else tf.zeros([]),
            params=weights,
            rnn_mode=mode,
            direction="bidirectional" if directions == 2 else "unidirectional",
            **more,
        )
        ends = [found.output_h] + ([found.output_c] if mode == "lstm" else [])
        if version == "V3":
            return {"y": found.output, "ends": tf.stack(ends, 2)}
        ends = [tf.transpose(end, [1, 0, 2]) for end in ends]
        return {"y": tf.transpose(found.output, [1, 0, 2]), "ends": tf.stack(ends, 2)}

    specs = [X] if lengths is None else [X, tf.TensorSpec([None], tf.int32, name="lengths")]
    save(tmp_path, serving, *specs)
    outputs, ends = wanted(layers, ROWS, directions, lengths)
    found = answers(spark, tmp_path, ROWS, lengths)
    np.testing.assert_allclose([row.y for row in found], outputs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose([row.ends for row in found], ends, rtol=1e-4, atol=1e-5)
    assert "a recurrent layer of cuDNN" in str(tfpredict.inspect(tmp_path).signatures[0].rewrites)


@pytest.mark.parametrize("mode", ["lstm", "gru"])
def test_weights_of_checkpoints_in_a_graph(spark, tmp_path, mode):
    """As graphs of TensorFlow 1 have them: weights become one vector when the graph runs."""
    layer = Layer(mode)
    matrices, biases = layer.parts()
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, STEPS, FEATURES], name="x")
        vector = raw.CudnnRNNCanonicalToParams(
            num_layers=1,
            num_units=UNITS,
            input_size=FEATURES,
            weights=matrices,
            biases=biases,
            rnn_mode=mode,
        )
        start = tf.zeros([1, tf.shape(x)[0], UNITS])
        start.set_shape([1, None, UNITS])
        found = raw.CudnnRNN(
            input=tf.transpose(x, [1, 0, 2]),
            input_h=start,
            input_c=start if mode == "lstm" else tf.zeros([]),
            params=vector,
            rnn_mode=mode,
            is_training=False,
            dropout=0.5,
        )
        y = tf.transpose(found.output, [1, 0, 2])
        unrun.write(tmp_path / "1", graph, {"x": x}, {"y": y})
    outputs, _ = wanted([layer], ROWS)
    np.testing.assert_allclose(answers(spark, tmp_path, ROWS), outputs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"rnn_mode": "rnn_tanh"}, "rnn_mode=rnn_tanh"),
        ({"input_mode": "skip_input"}, "input_mode=skip_input"),
        ({"dropout": 0.5}, "dropout=0.5 in training"),
    ],
)
def test_what_is_no_ordinary_layer_is_refused_at_registration(spark, tmp_path, odd, told):
    def serving(x):
        start = tf.ensure_shape(tf.zeros([1, tf.shape(x)[0], UNITS]), [1, None, UNITS])
        found = raw.CudnnRNN(
            input=tf.transpose(x, [1, 0, 2]),
            input_h=start,
            input_c=start,
            params=tf.zeros([4 * UNITS * (FEATURES + UNITS + 2)]),
            **odd,
        )
        return {"y": tf.transpose(found.output, [1, 0, 2])}

    save(tmp_path, serving, X)
    with pytest.raises(tfpredict.UnsupportedModelException, match=f"op CudnnRNN with {told}"):
        tfpredict.register(spark, tmp_path, "odd")
    assert not tfpredict.inspect(tmp_path).signatures[0].runs


@pytest.mark.parametrize("kind", [keras.layers.LSTM, keras.layers.GRU])
def test_layers_that_keras_exports_on_a_gpu(spark, tmp_path, monkeypatch, kind):
    """Keras chooses cuDNN's op where it sees a GPU; the op runs nowhere here but after export."""
    rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")
    inputs = keras.layers.Input((STEPS, FEATURES), name="x")
    x = keras.layers.Masking()(inputs)
    x = keras.layers.Bidirectional(kind(UNITS, return_sequences=True))(x)
    model = keras.Model(inputs, keras.layers.Dense(2, name="y")(kind(UNITS)(x)))
    rows = ROWS.copy()
    for row, count in zip(rows, LENGTHS):
        row[count:] = 0
    expected = model(rows).numpy()
    monkeypatch.setattr(rnn, "cudnn_ok", lambda *_, **__: True)
    built = dict(tf.sysconfig.get_build_info(), is_cuda_build=True, is_rocm_build=False)
    monkeypatch.setattr(tf.sysconfig, "get_build_info", lambda: built)
    module = tf.Module()
    module.model = model
    module.serving = tf.function(lambda x: {"y": model(x)}, input_signature=[X], autograph=False)
    tf.saved_model.save(module, str(tmp_path / "1"), {"serving_default": module.serving})
    assert b"CudnnRNNV3" in (tmp_path / "1" / "saved_model.pb").read_bytes()
    found = answers(spark, tmp_path, rows)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
