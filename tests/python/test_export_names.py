"""Exports keep the names that the model's own code gives, and the model's own answers."""

from __future__ import annotations

import collections
import itertools

import numpy as np
import pytest
import tfpredict

tf = pytest.importorskip("tensorflow", reason="exporting needs the extra [train]")
keras = pytest.importorskip("keras", reason="exporting needs the extra [train]")

X = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
Z = 10 * X
V = X[:, 0]
Pair = collections.namedtuple("Pair", "left right")


def names(folder) -> tuple[list[str], list[str]]:
    info = tfpredict.inspect(folder).signatures[0]
    return tuple(sorted(each.name for each in columns) for columns in (info.inputs, info.outputs))


@pytest.fixture
def exported(tmp_path):
    """Export a model with examples; return its names, once the JVM agreed with the model."""
    numbers = itertools.count()

    def run(model, examples, **options):
        path = tmp_path / f"m{next(numbers)}"
        folder = tfpredict.export(model, path, examples=examples, **options)
        report = tfpredict.verify(path)
        assert report.agrees, report
        return names(folder)

    return run


def dense(name):
    return keras.layers.Dense(1, name=name)


def inputs(*wanted):
    return [keras.Input((2,), name=name) for name in wanted]


def test_keys_of_outputs_are_not_swapped_with_layers(spark, tmp_path):
    (x,) = inputs("x")
    model = keras.Model(x, {"churn": dense("risk")(x), "risk": dense("churn")(x)})
    tfpredict.export(model, tmp_path / "m", examples=X)
    assert tfpredict.verify(tmp_path / "m").agrees
    tfpredict.register(spark, tmp_path / "m", "churned")
    row = spark.sql("SELECT churned(array(1f, 2f)) AS y").first().y
    own = {key: float(value[0, 0]) for key, value in model(X[:1]).items()}
    assert row.asDict() == pytest.approx(own, abs=1e-5)
    assert own["churn"] != own["risk"]


@pytest.mark.filterwarnings("ignore:When providing `inputs` as a dict")
def test_keras_structures(exported):
    x, z = inputs("x", "z")
    # Each key is the other's layer: what is called x gets Z.
    swapped = keras.Model({"z": x, "x": z}, x - 3 * z)
    assert exported(swapped, {"z": X, "x": Z})[0] == ["x", "z"]
    listed = keras.Model([z, x], [dense("o")(x - z), dense("p")(x)])
    assert exported(listed, [Z, X]) == (["x", "z"], ["o", "p"])
    nested = keras.Model({"a": [x], "b": {"c": z}}, {"u": {"v": x + z, "w": [x, z]}, "k": x - z})
    found = exported(nested, {"a": [X], "b": {"c": Z}})
    assert found == (["a_0", "b_c"], ["k", "u_v", "u_w_0", "u_w_1"])
    assert exported(keras.Model(x, Pair(dense("right")(x), dense("left")(x))), X)[1] == [
        "left",
        "right",
    ]
    assert exported(keras.Model(x, {"only": dense("layer")(x)}), X)[1] == ["only"]


def test_a_layer_that_gives_several_outputs_loses_none(exported):
    sequence = keras.Input((3, 2), name="s")
    states = keras.Model(sequence, keras.layers.LSTM(2, return_state=True, name="rec")(sequence))
    assert exported(states, np.ones((2, 3, 2), "float32"))[1] == ["rec", "rec_1", "rec_2"]
    (x,) = inputs("x")
    shared, other = dense("d"), dense("d_1")
    assert exported(keras.Model(x, [shared(x), shared(2 * x), other(x)]), X)[1] == [
        "d",
        "d_1",
        "d_2",
    ]


@pytest.mark.filterwarnings("ignore:When providing `inputs` as a dict")
def test_names_that_are_no_identifiers(spark, exported, tmp_path):
    x, z = inputs("x", "z")
    model = keras.Model(
        {"age (years)": x, "größe": z}, {"risk of churn": x + z, "ä": x - z, "a:0": x * z}
    )
    rows = {"age (years)": X, "größe": Z}
    assert exported(model, rows) == (["age (years)", "größe"], ["a:0", "risk of churn", "ä"])
    tfpredict.register(spark, tmp_path / "m0", "odd_names")
    call = "odd_names(named_struct('age (years)', array(1f, 2f), 'größe', array(5f, 7f)))"
    row = spark.sql(f"SELECT {call} AS y").first().y.asDict()
    assert row == {"risk of churn": [6.0, 9.0], "ä": [-4.0, -5.0], "a:0": [5.0, 14.0]}


def test_two_of_one_name_are_refused(tmp_path):
    (x,) = inputs("x")
    clash = keras.Model(x, {"a": {"b": x + 1}, "a_b": x + 2})
    with pytest.raises(
        ValueError, match=r"different names for outputs. Found: a_b for \['a'\]\['b'\]"
    ):
        tfpredict.export(clash, tmp_path / "m")
    assert not (tmp_path / "m").exists()


class Embedded(keras.Model):
    def __init__(self):
        super().__init__()
        self.table = keras.layers.Embedding(10, 3)
        self.head = keras.layers.Dense(2)

    def call(self, ids, extra=None, training=False):
        found = self.table(ids)
        return {"h": found, "d": self.head(found)} if extra is None else {"h": found + extra}


class Two(keras.Model):
    def call(self, left, right):
        return left - 3 * right, right


class Keyed(keras.Model):
    def call(self, inputs):
        return inputs["b"] - 3 * inputs["a"]


def test_subclassed_keras_models(exported, tmp_path):
    ids = np.array([[1, 2], [3, 4]])
    model = Embedded()
    with pytest.raises(ValueError, match=r"Call it once on a batch, or give export a batch as"):
        tfpredict.export(model, tmp_path / "none")
    model(ids)
    assert names(tfpredict.export(model, tmp_path / "called")) == (["ids"], ["d", "h"])
    assert exported(Embedded(), ids) == (["ids"], ["d", "h"])
    extra = {"ids": ids, "extra": np.ones((2, 2, 3), "float32")}
    assert exported(Embedded(), extra) == (["extra", "ids"], ["h"])
    assert exported(Two(), [X, Z]) == (["left", "right"], ["output_0", "output_1"])
    assert exported(Two(), {"right": X, "left": Z}) == (
        ["left", "right"],
        ["output_0", "output_1"],
    )
    assert exported(Keyed(), {"b": X, "a": Z}) == (["a", "b"], ["output_0"])
    with pytest.raises(ValueError, match=r"Expected: a batch for each of left, right"):
        tfpredict.export(Two(), tmp_path / "two", examples=X)


def spec(name=None):
    return tf.TensorSpec([None], tf.float32, name=name)


class Structured(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(3.0)
        self.traced = 0

    @tf.function(input_signature=[{"a": spec("b"), "b": spec("a")}])
    def swapped(self, inputs):
        a, b = inputs["a"], inputs["b"]
        return self.w * a - b, {"k": a, "n": [b]}

    @tf.function(input_signature=[(spec(), spec("zz")), spec(), {"k": {"l": spec()}}])
    def many(self, pair, weight, more):
        return Pair(pair[0] - pair[1], self.w * (weight + more["k"]["l"]))

    @tf.function(input_signature=[spec("A"), spec("a")])
    def cases(self, upper, lower):
        return (upper - lower,)

    @tf.function(input_signature=[spec("x")])
    def plain(self, x):
        return {"y": self.w * x}

    @tf.function(input_signature=[spec("x")])
    def random(self, x):
        # Another number each time, whatever seeds other tests have set.
        return x + tf.cast(tf.math.floormod(tf.timestamp() * 1e6, 1e6), tf.float32)


def test_modules_with_structured_arguments(exported, tmp_path):
    module = Structured()
    swapped = exported(module, {"a": V, "b": 10 * V}, signatures=module.swapped)
    assert swapped == (["a", "b"], ["k", "n_0", "output_0"])
    rows = {"pair_0": V, "zz": 2 * V, "weight": 3 * V, "k_l": 5 * V}
    assert exported(module, rows, signatures=module.many) == (sorted(rows), ["left", "right"])
    assert exported(module, [V, 10 * V], signatures=module.cases) == (["A", "a"], ["output_0"])
    concrete = module.plain.get_concrete_function()
    assert exported(module, V, signatures=concrete) == (["x"], ["y"])


def test_a_loaded_model_is_exported_again(exported, tmp_path):
    """What Keras 3 leaves to Python under plain `tf.saved_model.save` has its values here."""
    net = keras.Sequential([keras.Input((2,), name="x"), keras.layers.Dense(1)])
    tf.saved_model.save(net, str(tmp_path / "saved" / "1"))
    loaded = tf.saved_model.load(str(tmp_path / "saved" / "1"))
    assert exported(loaded, X) == (["inputs"], ["output_0"])
    assert exported(loaded.signatures["serving_default"], X) == (["inputs"], ["output_0"])
    again = tf.compat.v1.Session(graph=tf.Graph())
    with again:
        meta = tf.compat.v1.saved_model.load(again, ["serve"], str(tmp_path / "m0" / "1"))
        signed = meta.signature_def["serving_default"]
        found = again.run(signed.outputs["output_0"].name, {signed.inputs["inputs"].name: X})
    assert found == pytest.approx(net(X).numpy(), abs=1e-6)


def test_what_is_written_must_answer_as_the_model_does(tmp_path):
    module = Structured()
    with pytest.raises(ValueError, match=r"two answers to one batch"):
        tfpredict.export(module, tmp_path / "m", examples=V, signatures=module.random)

    class Eager(keras.Model):
        def call(self, x):
            return x + 1.0 if tf.executing_eagerly() else x

    with pytest.raises(
        ValueError, match=r"does not answer as the model itself. .* Found: output output_0"
    ) as other:
        tfpredict.export(Eager(), tmp_path / "m", examples=X)
    assert other.value.error_class == "TFPREDICT_EXPORT_ANSWERS"
    assert list((tmp_path / "m").iterdir()) == []


def test_models_of_keras_2(exported, tmp_path):
    old = pytest.importorskip("tf_keras", reason="the package of Keras 2 is another's to install")
    x = old.Input((2,), name="x")
    crossed = {"churn": old.layers.Dense(1, name="risk"), "risk": old.layers.Dense(1, name="churn")}
    model = old.Model(x, {key: layer(x) for key, layer in crossed.items()})
    assert exported(model, X) == (["x"], ["churn", "risk"])
    stacked = old.Sequential([old.layers.Dense(1)])
    with pytest.raises(ValueError, match=r"which has none yet. Fix: Build it"):
        tfpredict.export(stacked, tmp_path / "none")
    stacked(X)
    assert exported(stacked, X)[1] == ["dense"]

    class Keyed2(old.Model):
        def call(self, inputs, training=False):
            return inputs["b"] - 3 * inputs["a"]

    keyed = Keyed2()
    keyed({"a": X, "b": Z})
    assert exported(keyed, {"a": Z, "b": X}) == (["a", "b"], ["output_0"])
