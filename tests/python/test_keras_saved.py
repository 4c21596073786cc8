"""What ``tf.saved_model.save`` writes of Keras 3 models, whose variables Python alone restores."""

from __future__ import annotations

import shutil

import answers
import numpy as np
import pytest
import tfpredict
from pyspark.errors import PySparkException
from tfpredict.errors import TfpredictException

tf = pytest.importorskip("tensorflow", reason="exporting needs the extra [train]")
keras = pytest.importorskip("keras", reason="exporting needs the extra [train]")

X = np.random.default_rng(5).normal(size=(7, 4)).astype("float32")
WORDS = [["red"], ["blue"], ["green"], ["red"], [""], ["blue"], ["ß"]]


def sequential():
    keras.utils.set_random_seed(1)
    layers = keras.layers
    stack = [layers.Input((4,), name="x"), layers.Dense(5, "relu"), layers.BatchNormalization()]
    stack.append(layers.Dropout(0.5))
    net = keras.Sequential([*stack, layers.Dense(3, name="y")])
    net.layers[1].set_weights(
        [np.array(v, "float32") for v in np.random.default_rng(9).uniform(0.5, 1.5, (4, 5))]
    )
    return net, {"x": X}


def functional():
    """Two variables of one name and shape, and a shared layer."""
    keras.utils.set_random_seed(2)
    x = keras.layers.Input((4,), name="x")
    shared = keras.layers.Dense(4, name="shared")
    left, right = keras.layers.Dense(4, name="d")(x), shared(shared(x))
    return keras.Model(x, keras.layers.Dense(2)(keras.layers.Add()([left, right]))), {"x": X}


class Own(keras.layers.Layer):
    """Variables without names of their own, the second of which is used first."""

    def build(self, shape):
        self.first = self.add_weight(shape=(shape[-1],), initializer="random_normal")
        self.second = self.add_weight(shape=(shape[-1],), initializer="random_normal")

    def call(self, x):
        return x * self.second + self.first


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = [Own(), Own()]
        self.by_name = {"a/b.c": keras.layers.Dense(2)}
        self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

    def call(self, x):
        return self.scale * self.by_name["a/b.c"](self.parts[1](self.parts[0](x)))


def subclassed():
    keras.utils.set_random_seed(3)
    net = Subclassed()
    net(X)
    net.scale.assign(2.5)
    return net, {"inputs": X}


def recurrent():
    keras.utils.set_random_seed(4)
    x = keras.layers.Input((4, 1), name="x")
    net = keras.Model(x, keras.layers.GRU(3)(keras.layers.LSTM(2, return_sequences=True)(x)))
    return net, {"x": X[..., None]}


def looked_up():
    keras.utils.set_random_seed(5)
    x = keras.layers.Input((1,), name="x", dtype="string")
    known = keras.layers.StringLookup(vocabulary=["red", "green", "blue"])
    net = keras.Model(x, keras.layers.Flatten()(keras.layers.Embedding(4, 3)(known(x))))
    return net, {"x": np.array(WORDS, object)}


def vectorized():
    keras.utils.set_random_seed(6)
    words = keras.layers.TextVectorization(output_sequence_length=3)
    words.adapt(["a red house", "a blue house"])
    x = keras.layers.Input((1,), name="x", dtype="string")
    dense = keras.layers.Dense(2)(keras.layers.Flatten()(keras.layers.Embedding(9, 2)(words(x))))
    return keras.Model(x, dense), {"x": np.array([["a red"], ["house"], ["none of it at all"]])}


def normalized():
    keras.utils.set_random_seed(7)
    normal = keras.layers.Normalization()
    normal.adapt(X * 3 + 1)
    x = keras.layers.Input((4,), name="x")
    return keras.Model(x, keras.layers.Dense(1)(normal(x))), {"x": X}


class Mixed(tf.Module):
    """A module with variables of its own beside those of Keras layers."""

    def __init__(self):
        super().__init__()
        keras.utils.set_random_seed(8)
        self.shift = tf.Variable([1.0, -2.0], name="kernel")
        self.layer = keras.layers.Dense(2)
        self.layer.build((None, 4))
        self.net = functional()[0]

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
    def __call__(self, x):
        return {"y": self.layer(x) * self.shift + self.net(x)}


def mixed():
    return Mixed(), {"x": X}


KINDS = [
    sequential,
    functional,
    subclassed,
    recurrent,
    looked_up,
    vectorized,
    normalized,
    mixed,
]


def flat(batch):
    return [row.tolist() if isinstance(row, np.ndarray) else row for row in batch]


@pytest.mark.parametrize("made", KINDS, ids=lambda made: made.__name__)
def test_every_variable_has_its_value(spark, tmp_path, made):
    model, rows = made()
    tf.saved_model.save(model, str(tmp_path / "m" / "1"))
    served = tf.saved_model.load(str(tmp_path / "m" / "1")).signatures["serving_default"]
    tensors = {name: tf.constant(value) for name, value in rows.items()}
    (names,) = {tuple(served.structured_input_signature[1])}
    (want,) = served(**dict(zip(names, tensors.values()))).values()
    # What Python restores is what the model itself answers.
    own = np.asarray(
        model(*tensors.values()) if made is not mixed else model(*tensors.values())["y"]
    )
    assert answers.difference(own, want.numpy()) <= answers.TOLERANCE
    assert all(s.runs for s in tfpredict.inspect(tmp_path / "m").signatures)

    (batch,) = rows.values()
    frame = spark.createDataFrame([(row,) for row in flat(batch)], ["x"]).coalesce(1)
    found = [row[0] for row in frame.select(tfpredict.predict(tmp_path / "m", "x")).collect()]
    apart = [answers.difference(np.float32(row), own) for row, own in zip(found, want.numpy())]
    assert len(apart) == len(batch)
    assert max(apart) <= answers.TOLERANCE


@pytest.fixture
def saved(tmp_path):
    net, _ = functional()
    folder = tmp_path / "m" / "1"
    tf.saved_model.save(net, str(folder))
    return folder


def edited(folder, edit):
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    file = folder / "saved_model.pb"
    model = SavedModel.FromString(file.read_bytes())
    edit(model.meta_graphs[0])
    file.write_bytes(model.SerializeToString())


def variables(graph):
    return [node.variable for node in graph.object_graph_def.nodes if node.HasField("variable")]


def cleared(graph):
    graph.ClearField("object_graph_def")


def renamed(graph):
    variables(graph)[0].name = "another"


def of_another_dtype(graph):
    variables(graph)[0].dtype = tf.float64.as_datatype_enum


def of_another_shape(graph):
    variables(graph)[0].shape.dim[0].size += 1


def bound_otherwise(graph):
    for function in graph.object_graph_def.concrete_functions.values():
        function.bound_inputs[:] = function.bound_inputs[::-1]


@pytest.mark.parametrize(
    "edit",
    [cleared, renamed, of_another_dtype, of_another_shape, bound_otherwise],
    ids=lambda edit: edit.__name__,
)
def test_what_is_not_sure_is_refused_with_the_command_that_helps(spark, saved, edit):
    edited(saved, edit)
    with pytest.raises((TfpredictException, PySparkException)) as refused:
        tfpredict.register(spark, saved.parent, "refused")
    assert "that nothing restores: " in str(refused.value)
    assert f"tfpredict export {saved} NEW_FOLDER" in str(refused.value)


def test_a_value_of_another_shape_is_refused(spark, saved, tmp_path):
    x = keras.layers.Input((4,), name="x")
    shared = keras.layers.Dense(4, name="shared")
    left, right = keras.layers.Dense(4, name="d")(x), shared(shared(x))
    wider = keras.Model(x, keras.layers.Dense(3)(keras.layers.Add()([left, right])))
    tf.saved_model.save(wider, str(tmp_path / "other"))
    shutil.rmtree(saved / "variables")
    shutil.copytree(tmp_path / "other" / "variables", saved / "variables")
    with pytest.raises((TfpredictException, PySparkException)) as refused:
        tfpredict.register(spark, saved.parent, "refused")
    assert "a value of float32[" in str(refused.value)
    assert "in the checkpoint" in str(refused.value)


def test_the_command_that_the_refusal_names_helps(saved, tmp_path):
    from tfpredict.export import export_file

    want = tf.saved_model.load(str(saved)).signatures["serving_default"](inputs=tf.constant(X))
    edited(saved, renamed)
    written = export_file(saved, tmp_path / "anew", examples=X)
    assert all(s.runs for s in tfpredict.inspect(tmp_path / "anew").signatures)
    found = tf.saved_model.load(written).signatures["serving_default"](inputs=tf.constant(X))
    for name, value in want.items():
        np.testing.assert_array_equal(found[name].numpy(), value.numpy())
    assert tfpredict.verify(tmp_path / "anew").agrees
