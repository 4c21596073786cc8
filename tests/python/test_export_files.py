"""Exports of files: of Keras, frozen graphs, and SavedModels that are text."""

from __future__ import annotations

import os

import numpy as np
import pytest
import tfpredict
from tfpredict.export import export_file

tf = pytest.importorskip("tensorflow", reason="exporting needs the extra [train]")
keras = pytest.importorskip("keras", reason="exporting needs the extra [train]")

v1 = tf.compat.v1
X = np.array([[1.0, 3.0], [2.0, -1.0], [0.5, 0.25]], "float32")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A graph of all that frozen ones have, as ``frozen.pb`` and as text."""
    folder = tmp_path_factory.mktemp("files")
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, 2], name="in/x")
        keep = v1.placeholder(tf.float32, [], name="keep")
        hidden = tf.multiply(x, keep, name="hidden")
        y = tf.matmul(hidden, tf.constant([[2.0], [-1.0]]), name="out/y")
        tf.nn.top_k(hidden, 1, name="top")
        tf.add(y, 1.0, name="z")
        text = v1.placeholder(tf.string, [None], name="text")
        pairs = tf.lookup.KeyValueTensorInitializer(["a", "b"], [3, 4])
        tf.identity(tf.lookup.StaticHashTable(pairs, -1).lookup(text), name="found")
        loop = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0), [0, x])
        tf.identity(loop[1], name="looped")
        tf.multiply(x, v1.get_variable("v", initializer=3.0), name="varied")
        tf.io.write_graph(graph, str(folder), "frozen.pb", as_text=False)
        tf.io.write_graph(graph, str(folder), "frozen.pbtxt", as_text=True)
    return folder


def answer(path, **rows):
    """What the JVM answers, in the examples that were kept; TensorFlow's are the same."""
    assert tfpredict.verify(path).agrees
    loaded = tf.saved_model.load(str(path / "1")).signatures["serving_default"]
    found = loaded(**{name: tf.constant(value) for name, value in rows.items()})
    return {name: value.numpy() for name, value in found.items()}


def test_a_graph_is_cut_at_its_inputs(folder, tmp_path):
    """`keep`, which only what computes the input needs, is no input."""
    export_file(
        folder / "frozen.pb",
        tmp_path / "m",
        inputs=["hidden"],
        outputs=["score=out/y:0", "z"],
        examples=X,
    )
    (signature,) = tfpredict.inspect(tmp_path / "m").signatures
    assert [column.name for column in signature.inputs] == ["hidden"]
    found = answer(tmp_path / "m", hidden=X)
    want = X @ np.array([[2.0], [-1.0]], "float32")
    np.testing.assert_allclose(found["score"], want)
    np.testing.assert_allclose(found["z"], want + 1)


def test_tables_and_loops_of_a_graph(folder, tmp_path):
    words = np.array(["a", "q", "b"])
    export_file(
        folder / "frozen.pbtxt", tmp_path / "t", inputs=["text"], outputs=["found"], examples=words
    )
    assert answer(tmp_path / "t", text=words)["found"].tolist() == [3, -1, 4]
    export_file(
        folder / "frozen.pb", tmp_path / "l", inputs=["in/x"], outputs=["looped"], examples=X
    )
    np.testing.assert_allclose(answer(tmp_path / "l", in_x=X)["looped"], 8 * X)


def test_outputs_of_one_op_have_names_of_their_own(folder, tmp_path):
    export_file(
        folder / "frozen.pb", tmp_path / "m", inputs=["in/x", "keep"], outputs=["top", "top:1"]
    )
    (signature,) = tfpredict.inspect(tmp_path / "m").signatures
    assert [column.name for column in signature.inputs] == ["in_x", "keep"]
    assert [column.name for column in signature.outputs] == ["top", "top_1"]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (
            {},
            r"Found: \S*frozen.pb alone. Fix: Name its inputs and outputs. Placeholders: "
            r"in/x:0 float32\[\?, 2\], keep:0 float32\[\], text:0 string\[\?\]. Last nodes: .*"
            r"z:0 float32\[\?, 1\], .*For instance: tfpredict export \S*frozen.pb FOLDER "
            r"--inputs in/x:0,keep:0,text:0 --outputs varied:0$",
        ),
        ({"inputs": ["in/x"]}, r"Last nodes: "),
        (
            {"inputs": ["inx:0"], "outputs": ["z"]},
            r"no tensor inx:0 there. Fix: Did you mean in/x:0",
        ),
        (
            {"inputs": ["in/x"], "outputs": ["nothing:7"]},
            r"for outputs. Found: no tensor nothing:7 there",
        ),
        (
            {"inputs": ["in/x"], "outputs": ["z"]},
            r"inputs without keep:0 float32\[\]. Fix: Add these to inputs",
        ),
        (
            {"inputs": ["in/x", "in_x"], "outputs": ["z"]},
            r"different names for inputs. Found: in_x twice",
        ),
        ({"inputs": ["in/x", "b=in/x:0"], "outputs": ["z"]}, r"Found: in/x:0 twice"),
        ({"inputs": ["=:"], "outputs": ["z"]}, r"Expected: tensors such as x:0 or name=x:0"),
        (
            {"inputs": ["in/x"], "outputs": ["varied"]},
            r"a frozen graph in .* with their values in other files, such as v",
        ),
    ],
)
def test_a_graph_that_cannot_be_exported_says_why(folder, tmp_path, names, why):
    with pytest.raises(ValueError, match=why) as refused:
        export_file(folder / "frozen.pb", tmp_path / "m", **names)
    kind = "TFPREDICT_EXPORT_FILE" if "a frozen graph in" in why else "TFPREDICT_EXPORT_TENSORS"
    assert refused.value.error_class == kind
    assert not (tmp_path / "m").exists()


@pytest.fixture(scope="module")
def net():
    return keras.Sequential([keras.layers.Input((2,), name="x"), keras.layers.Dense(1)])


@pytest.mark.parametrize("name", ["net.keras", "net.h5"])
def test_files_of_keras(net, tmp_path, name):
    net.save(tmp_path / name)
    export_file(tmp_path / name, tmp_path / "m", examples=X)
    (found,) = answer(tmp_path / "m", x=X).values()
    np.testing.assert_allclose(found, net(X).numpy(), rtol=1e-6)
    with pytest.raises(ValueError, match=r"a frozen graph where inputs or outputs are given"):
        export_file(tmp_path / name, tmp_path / "m", inputs=["x"])


@pytest.mark.parametrize("name", ["code.keras", "code.h5"])
def test_code_in_a_file_is_run_by_who_asks_for_it_alone(tmp_path, monkeypatch, name):
    layer = keras.layers.Lambda(
        lambda x: (__import__("os").environ.__setitem__("TFPREDICT_RAN", "yes"), 2.0 * x)[1],
        output_shape=(2,),
    )
    keras.Sequential([keras.layers.Input((2,), name="x"), layer]).save(tmp_path / name)
    monkeypatch.setenv("TFPREDICT_RAN", "no")
    with pytest.raises(ValueError, match=r"If you trust the file, .*--no-safe-mode in the shell"):
        export_file(tmp_path / name, tmp_path / "m")
    assert os.environ["TFPREDICT_RAN"] == "no"
    assert not (tmp_path / "m").exists()
    export_file(tmp_path / name, tmp_path / "m", safe_mode=False, examples=X)
    assert os.environ["TFPREDICT_RAN"] == "yes"
    (found,) = answer(tmp_path / "m", x=X).values()
    np.testing.assert_array_equal(found, 2 * X)


class Unknown(keras.layers.Layer):
    def call(self, x):
        return x


def test_what_keras_cannot_read_says_what_helps(net, tmp_path):
    net.save_weights(tmp_path / "net.weights.h5")
    with pytest.raises(
        ValueError, match=r"Load the file into the model that wrote it.* It holds only weights"
    ):
        export_file(tmp_path / "net.weights.h5", tmp_path / "m")
    keras.Sequential([keras.layers.Input((2,)), Unknown()]).save(tmp_path / "own.keras")
    with pytest.raises(
        ValueError, match=r"Export the model with tfpredict.export in the program that wrote it"
    ):
        export_file(tmp_path / "own.keras", tmp_path / "m")
    assert not (tmp_path / "m").exists()


@pytest.fixture
def text_model(tmp_path):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 2], name="x")
        w = v1.get_variable("w", initializer=[[2.0], [-1.0]])
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(str(tmp_path / "text" / "1"))
        signature = v1.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": x @ w})
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.save(as_text=True)
    return tmp_path / "text" / "1"


def test_a_savedmodel_that_is_text(text_model, tmp_path):
    want = X @ np.array([[2.0], [-1.0]], "float32")
    export_file(text_model, tmp_path / "m", examples=X)
    np.testing.assert_allclose(answer(tmp_path / "m", x=X)["y"], want)
    # By its file, without examples, and the binary form of it.
    export_file(text_model / "saved_model.pbtxt", tmp_path / "plain")
    export_file(tmp_path / "plain" / "1", tmp_path / "anew", examples=X)
    np.testing.assert_allclose(answer(tmp_path / "anew", x=X)["y"], want)


def test_folders_and_files_that_are_no_models(text_model, tmp_path):
    with pytest.raises(
        ValueError, match=r"which holds versions of a model. Fix: Give one .*text/1\.$"
    ):
        export_file(text_model.parent, tmp_path / "m")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"Expected: a SavedModel's folder, with saved_model.pb"):
        export_file(tmp_path / "empty", tmp_path / "m")
    (text_model / "saved_model.pbtxt").write_text("no { model")
    with pytest.raises(ValueError, match=r"a SavedModel as text in .*saved_model.pbtxt. Found: 1:"):
        export_file(text_model, tmp_path / "m")
    for name in ("bad.pb", "bad.pbtxt"):
        (tmp_path / name).write_text("hello")
        with pytest.raises(ValueError, match=rf"a graph in .*{name}. Found: "):
            export_file(tmp_path / name, tmp_path / "m")
    (tmp_path / "empty.pb").write_bytes(b"")
    with pytest.raises(ValueError, match=r"a graph in .*empty.pb. Found: one without nodes"):
        export_file(tmp_path / "empty.pb", tmp_path / "m")
    with pytest.raises(FileNotFoundError, match=r"Found: no file .*none.keras"):
        export_file(tmp_path / "none.keras", tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_a_model_that_reaches_out_when_it_is_loaded_is_not_loaded(tmp_path):
    """The op stands in a function that only loading calls, as a table's initialiser."""

    class Table(tf.lookup.StaticHashTable):
        def __init__(self):
            super().__init__(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)

        def _initialize(self):
            tf.io.write_file(str(tmp_path / "written"), "by loading")
            return super()._initialize()

    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.table = Table()

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="x")])
        def __call__(self, x):
            return {"y": self.table.lookup(x)}

    tf.saved_model.save(Model(), str(tmp_path / "saved"))
    (tmp_path / "written").unlink(missing_ok=True)
    with pytest.raises(
        ValueError, match=r"Found: op WriteFile at node WriteFile, which .*If you trust the model"
    ):
        export_file(tmp_path / "saved", tmp_path / "m")
    assert not (tmp_path / "written").exists()
    # It does, where Python loads it.
    tf.saved_model.load(str(tmp_path / "saved"))
    assert (tmp_path / "written").exists()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"hello")
    with pytest.raises(ValueError, match=r"a SavedModel in .*saved_model.pb. Found: "):
        export_file(tmp_path / "saved", tmp_path / "m")


def test_a_file_of_keras_2_is_read_by_keras_2(tmp_path):
    old = pytest.importorskip("tf_keras", reason="the package of Keras 2 is another's to install")

    class Doubled(old.layers.Layer):
        """Keras 3 knows no such layer."""

        def call(self, x):
            return 2.0 * x

    old.utils.get_custom_objects()["Doubled"] = Doubled
    for name, layer in (("net.h5", Doubled()), ("net.keras", Doubled())):
        old.Sequential([old.layers.Input((2,), name="x"), layer]).save(tmp_path / name)
        export_file(tmp_path / name, tmp_path / name[4:], examples=X)
        (found,) = answer(tmp_path / name[4:], x=X).values()
        np.testing.assert_array_equal(found, 2 * X)
    code = old.Sequential([old.layers.Input((2,)), old.layers.Lambda(lambda x: 3.0 * x), Doubled()])
    code.save(tmp_path / "code.h5")
    with pytest.raises(ValueError, match=r"a model that Keras .* reads, in .*code.h5. Found: "):
        export_file(tmp_path / "code.h5", tmp_path / "m")
    assert not (tmp_path / "m").exists()
