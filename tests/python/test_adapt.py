"""Models that are written for programs of TensorFlow 1.15, and such a program that runs them."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import tfpredict
from answers import TOLERANCE
from programs import run as run_program
from test_interrupts import interrupted

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "compatibility"))
import plain  # noqa: E402

tf = pytest.importorskip("tensorflow", reason="models are made here")
keras = pytest.importorskip("keras", reason="models are made here")
v1 = tf.compat.v1

X = np.random.default_rng(7).normal(size=(5, 4)).astype("float32")
WORDS = np.array(["pear", "fig", "", "plum"], object)


def perceptron(folder):
    x = keras.layers.Input((4,), name="x")
    y = keras.layers.Dense(3, name="y")(keras.layers.Dense(8, "tanh")(x))
    tfpredict.export(keras.Model(x, y), folder, examples=X)


def half_precision(folder):
    """float16 at the boundary, which Java has no tensor for, and within."""
    x = keras.layers.Input((4,), dtype="float16", name="x")
    y = keras.layers.Dense(3, dtype="float16", name="y")(x)
    tfpredict.export(keras.Model(x, y), folder, examples=X.astype("float16"))


def small_integers(folder):
    class Sum(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.int8, name="x")])
        def __call__(self, x):
            return {"y": x + x[:, :1], "z": tf.cast(x, tf.uint16)}

    tfpredict.export(Sum(), folder, examples=np.arange(20, dtype="int8").reshape(5, 4))


def saved_by_keras(folder):
    """What Python alone restores of a Keras 3 model: its variables, by the object graph."""
    x = keras.layers.Input((4,), name="x")
    net = keras.Model(x, keras.layers.Dense(2)(keras.layers.BatchNormalization()(x)))
    net.layers[1].set_weights(list(np.random.default_rng(9).uniform(0.5, 1.5, (4, 4))))
    tf.saved_model.save(net, str(folder / "1"))
    serving = tf.saved_model.load(str(folder / "1")).signatures["serving_default"]
    (fed,), (fetched,) = serving.structured_input_signature[1], serving.structured_outputs
    # By the model itself: in a session, where examples are compared, it has no variables.
    return {f"inputs/{fed}": X, f"outputs/{fetched}": net(X).numpy()}


def first_builder(folder):
    """A graph of TensorFlow 1: a vocabulary, parsed examples, variables in parts."""
    vocabulary = folder.with_suffix(".txt")
    vocabulary.write_text("pear\nfig\n")
    with tf.Graph().as_default(), v1.Session() as session:
        serialized = v1.placeholder(tf.string, [None], name="examples")
        word = v1.io.parse_example(serialized, {"word": tf.io.FixedLenFeature([], tf.string)})
        asset = tf.constant(str(vocabulary))
        v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, asset)
        line, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        initial = tf.lookup.TextFileInitializer(asset, tf.string, line, tf.int64, number)
        index = tf.lookup.StaticHashTable(initial, 2).lookup(word["word"])
        with v1.variable_scope("net", partitioner=v1.fixed_size_partitioner(2)):
            rows = v1.get_variable("rows", [3, 2], initializer=v1.random_normal_initializer())
        found = tf.gather(tf.convert_to_tensor(rows), index)
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])
        v1.saved_model.simple_save(
            session, str(folder / "1"), {"examples": serialized}, {"found": found}
        )
        rows = np.array([example(word) for word in WORDS], object)
        answers = session.run(found, {serialized: rows})
    vocabulary.unlink()
    return {"inputs/examples": rows, "outputs/found": answers}


def example(word):
    value = tf.train.BytesList(value=[word.encode()])
    feature = {"word": tf.train.Feature(bytes_list=value)}
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


def strings_of_rank_3(folder):
    class Same(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 2, 2], tf.string, name="x")])
        def __call__(self, x):
            return {"same": tf.identity(x), "first": x[:, 0, 0], "long": tf.strings.length(x) > 3}

    tfpredict.export(Same(), folder, examples=np.resize(WORDS, (3, 2, 2)))


def vocabulary_in_assets(models):
    def build(folder):
        shutil.copytree(models / "lookup", folder)
        (folder / "1" / tfpredict.checksums.FILE).unlink()
        tfpredict.examples.keep(folder / "1", WORDS)

    return build


BUILDERS = [
    perceptron,
    half_precision,
    small_integers,
    saved_by_keras,
    first_builder,
    strings_of_rank_3,
]


@pytest.fixture(scope="module")
def adapted(models, tmp_path_factory):
    """A folder for each kind of model; the last is that of a vocabulary."""
    place = tmp_path_factory.mktemp("adapted")
    builders = {build.__name__: build for build in BUILDERS}
    builders["vocabulary"] = vocabulary_in_assets(models)
    for name, build in builders.items():
        kept = build(place / "own" / name)
        report = tfpredict.adapt(place / "own" / name, place / name)
        assert (report.signatures, report.left_out) == (("serving_default",), ()), name
        if kept:
            _keep(place / name, kept)
    # What it was made of need not be there.
    shutil.rmtree(place / "own")
    return [place / name for name in builders]


def test_a_program_of_tensorflow_alone_gets_tensorflows_answers(adapted):
    found = plain.run(adapted)
    outputs = {folder.name: outputs for folder, (outputs, _, _) in found.items()}
    assert outputs == {
        "perceptron": 1,
        "half_precision": 1,
        "small_integers": 2,
        "saved_by_keras": 1,
        "first_builder": 1,
        "strings_of_rank_3": 3,
        "vocabulary": 2,
    }
    for folder, (_, difference, reason) in found.items():
        allowed = 1e-2 if folder.name == "half_precision" else TOLERANCE
        assert difference != "none", f"{folder.name}: {reason}"
        assert float(difference) <= allowed, folder.name


def test_the_program_sees_another_answer(adapted, tmp_path):
    changed = Path(shutil.copytree(adapted[0], tmp_path / "changed"))
    kept = changed / "assets.extra" / "tfpredict_examples.pb"
    content = bytearray(kept.read_bytes())
    content[-2] ^= 0x3F  # in the last answer's last number
    kept.write_bytes(content)
    gone = Path(shutil.copytree(adapted[1], tmp_path / "gone"))
    shutil.rmtree(gone / "variables")
    found = plain.run([changed, gone])
    assert float(found[changed][1]) > TOLERANCE
    assert found[gone][1] == "none"


def test_what_was_written_is_a_model_here_too(adapted):
    for folder in (adapted[0], adapted[1], adapted[4]):
        assert tfpredict.verify(folder).agrees, folder.name


def test_ragged_rows_are_values_and_splits(spark, tmp_path):
    """A plain program is given what a column would be made of."""

    class Ragged(tf.Module):
        @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
        def __call__(self, x):
            return {"longer": tf.concat([x, x[:, :1] * 2.0], axis=1)}

    module = Ragged()
    tf.saved_model.save(module, str(tmp_path / "own" / "1"), signatures=module.__call__)
    folder = Path(tfpredict.adapt(tmp_path / "own", tmp_path / "ragged").folder)
    (signature,) = tfpredict.inspect(folder).signatures
    assert [column.describe() for column in signature.inputs] == ["x float32[?, ?]"]
    rows = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
    own = module(tf.RaggedTensor.from_tensor(rows))["longer"]
    _keep(
        folder,
        {
            "inputs/x": rows,
            "outputs/longer": own.values.numpy(),
            "outputs/longer/tfpredict_row_splits_0": own.row_splits.numpy(),
        },
    )
    assert plain.run([folder]) == {folder: (2, "0.0", "")}
    tfpredict.register(spark, folder, "ragged_again")
    table = spark.createDataFrame([(row.tolist(),) for row in rows], "x array<float>").coalesce(1)
    assert [row[0] for row in table.selectExpr("ragged_again(x)").collect()] == own.to_list()


def _keep(folder, tensors):
    """Write examples into an adapted model."""
    from tfpredict.examples import _message

    (folder / tfpredict.checksums.FILE).unlink()
    file = folder / "assets.extra" / "tfpredict_examples.pb"
    kept = [_message(f"serving_default/{name}", array) for name, array in tensors.items()]
    file.write_bytes(b"".join(kept))
    tfpredict.checksums.write(folder)


def test_tensorflow_1s_python_opens_it_too(adapted):
    """Its loader reads the collections, which a C++ program does not."""
    with tf.Graph().as_default() as graph, v1.Session() as session:
        loaded = v1.saved_model.load(session, ["serve"], str(adapted[4]))
        signature = loaded.signature_def["serving_default"]
        found = graph.get_tensor_by_name(signature.outputs["found"].name)
        fed = graph.get_tensor_by_name(signature.inputs["examples"].name)
        empty = tf.train.Example().SerializeToString()
        with pytest.raises(tf.errors.InvalidArgumentError, match="word"):
            session.run(found, {fed: [empty]})


def test_the_program_of_the_page(models, tmp_path):
    folder = tfpredict.adapt(models / "linear", tmp_path / "linear").folder
    done = run_program(["java", "-cp", plain.class_path(), plain.LINEAR, folder])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        [pytest.approx(3.019596, abs=TOLERANCE)],
        [pytest.approx(3.9264367, abs=TOLERANCE)],
    ]


def test_errors_are_those_of_registering(spark, models, tmp_path):
    with pytest.raises(tfpredict.UnsupportedModelException) as registering:
        tfpredict.register(spark, models / "unknown_layer", "unknown")
    with pytest.raises(tfpredict.UnsupportedModelException) as adapting:
        tfpredict.adapt(models / "unknown_layer", tmp_path / "m")
    assert str(adapting.value) == str(registering.value)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").write_text("mine")
    with pytest.raises(tfpredict.OutputException, match=r"Found: one with notes\.txt"):
        tfpredict.adapt(models / "linear", tmp_path / "taken", overwrite=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


def shell(*words):
    return run_program([sys.executable, "-m", "tfpredict.cli", "adapt", *words])


def test_shell(models, tmp_path):
    told = shell(models / "newer", tmp_path / "m", "--signature", "plain")
    assert told.returncode == 0, told.stderr
    assert told.stdout == (
        f"adapted to {tmp_path / 'm'}\n"
        "signatures: plain\n"
        "left out, since they cannot run: serving_default\n"
    )
    again = shell(models / "linear", tmp_path / "m")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("tfpredict: [TFPREDICT_OUTPUT_FOLDER] ")
    assert "in the shell --overwrite" in again.stderr
    assert again.stderr.count("\n") == 1
    replaced = shell(models / "linear", tmp_path / "m", "--overwrite", "--json")
    assert json.loads(replaced.stdout) == {
        "path": str(models / "linear"),
        "version": 1,
        "folder": str(tmp_path / "m"),
        "signatures": ["serving_default"],
        "left_out": [],
    }
    allowed = ["--conf", "spark.tfpredict.ops.allowed=ReadFile", "--signature", "read"]
    assert shell(models / "reads", tmp_path / "reads", *allowed).returncode == 0
    wrong = shell(models / "linear", tmp_path / "n", "--conf", "spark.tfpredict.no.such=1")
    assert wrong.returncode == 1
    assert "spark.tfpredict.no.such" in wrong.stderr
    assert wrong.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_an_interrupted_command_leaves_a_whole_folder_or_none(number, models, tmp_path):
    for tenths in (8, 12, 16, 20, 30):
        folder = tmp_path / str(tenths)
        folder.mkdir()
        words = ["adapt", models / "resnet50", folder / "m"]
        _, _, left, _ = interrupted(number, tenths / 10, folder, *words)
        assert left == [], f"{number.name} after {tenths / 10} s"
        found = {entry.name for entry in folder.iterdir()} - {"log", "tmp"}
        assert found <= {"m"}, f"{number.name} after {tenths / 10} s"
        if found:
            assert (folder / "m" / "assets.extra" / "tfpredict_sha256").is_file()
