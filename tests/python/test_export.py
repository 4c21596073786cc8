"""Exports: whole or not at all, numbered, and with the names that the walk-through shows."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import tfpredict

tf = pytest.importorskip("tensorflow", reason="exporting needs the extra [train]")
keras = pytest.importorskip("keras", reason="exporting needs the extra [train]")


class Twice(tf.Module):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(2.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def __call__(self, x):
        return {"y": self.factor * x}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="z")])
    def half(self, z):
        return {"h": z / self.factor}

    def plain(self, x):
        return x


def test_versions_are_numbered_from_one(tmp_path):
    for number in ("1", "2"):
        assert tfpredict.export(Twice(), tmp_path / "m") == str(tmp_path / "m" / number)
    assert tfpredict.export(Twice(), tmp_path / "m", 9).endswith("9")
    (tmp_path / "m" / "notes").mkdir()
    assert tfpredict.export(Twice(), tmp_path / "m").endswith("10")


def test_a_version_is_never_overwritten(tmp_path):
    folder = Path(tfpredict.export(Twice(), tmp_path / "m"))
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    with pytest.raises(FileExistsError, match=r"Found: version 1, .*Leave version out") as taken:
        tfpredict.export(Twice(), tmp_path / "m", version=1)
    assert taken.value.error_class == "TFPREDICT_EXPORT_VERSION"
    assert before == {file: file.stat().st_mtime_ns for file in folder.rglob("*")}


def test_a_failed_export_leaves_nothing(tmp_path, monkeypatch):
    def fail(module, folder, signatures):
        Path(folder).mkdir()
        (Path(folder) / "saved_model.pb").write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match=r"disk full"):
        tfpredict.export(Twice(), tmp_path / "m")
    assert list((tmp_path / "m").iterdir()) == []


def test_a_reader_never_sees_half_a_model(tmp_path, monkeypatch):
    seen = []
    save = tf.saved_model.save

    def look(module, folder, signatures):
        save(module, folder, signatures=signatures)
        seen.extend(entry.name for entry in (tmp_path / "m").iterdir() if entry.name.isdecimal())

    monkeypatch.setattr(tf.saved_model, "save", look)
    tfpredict.export(Twice(), tmp_path / "m")
    assert seen == []
    assert (tmp_path / "m" / "1" / "saved_model.pb").is_file()


def test_two_writers_of_one_version_leave_one_whole_model(tmp_path, monkeypatch):
    """Both find no version 1, both write; the one that is second to rename is refused."""
    barrier = threading.Barrier(2)
    save = tf.saved_model.save
    lock = threading.Lock()

    def save_and_wait(module, folder, signatures):
        with lock:
            save(module, folder, signatures=signatures)
        barrier.wait(60)

    monkeypatch.setattr(tf.saved_model, "save", save_and_wait)
    outcomes = []

    def write():
        try:
            outcomes.append(tfpredict.export(Twice(), tmp_path / "m", 1))
        except FileExistsError as refused:
            outcomes.append(refused)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FileExistsError", "str"]
    assert [entry.name for entry in (tmp_path / "m").iterdir()] == ["1"]


def test_others_may_read_what_the_umask_lets_them(tmp_path):
    before = os.umask(0o022)
    try:
        folder = Path(tfpredict.export(Twice(), tmp_path / "m"))
    finally:
        os.umask(before)
    for file in (folder, folder / "variables"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o755


@pytest.mark.parametrize("version", [-1, 1.5, "1", True])
def test_a_version_that_is_none(tmp_path, version):
    with pytest.raises(ValueError, match=r"an integer for version, not negative. Found: "):
        tfpredict.export(Twice(), tmp_path / "m", version)


@pytest.mark.parametrize("model", [None, "model", [1, 2], len])
def test_a_model_that_is_none(tmp_path, model):
    with pytest.raises(
        TypeError, match=r"Expected: a Keras 3 model, a tf.Module, a tf.function or"
    ):
        tfpredict.export(model, tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_examples_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"one batch for each of the inputs x of signature") as odd:
        tfpredict.export(Twice(), tmp_path / "m", examples={"y": tf.constant([1.0])})
    assert odd.value.error_class == "TFPREDICT_EXPORT_EXAMPLES"
    assert str(odd.value).endswith("Found: y. Fix: Give one batch for each input.")
    with pytest.raises(
        ValueError, match=r"Expected: .*float32\[\?, 2\] for the input x. Found: "
    ) as odd:
        tfpredict.export(Twice(), tmp_path / "m", examples=[1.0, 2.0])
    assert "Found: the shape [2]. Fix: " in str(odd.value)
    with pytest.raises(ValueError, match=r"for the input x. Found: list: Cannot convert"):
        tfpredict.export(Twice(), tmp_path / "m", examples=["one"])
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=r"float32\[\?, 2\] .* Found: the shape \[4, 3\]"):
        tfpredict.export(model, tmp_path / "m", examples=np.ones((4, 3), "float32"))
    assert not (tmp_path / "m").exists()


def test_a_saved_file_has_a_function_of_its_own(tmp_path):
    with pytest.raises(TypeError, match=r"Found: str. Fix: Call tfpredict.export_file"):
        tfpredict.export(str(tmp_path / "net.keras"), tmp_path / "m")


def test_functions_without_an_input_signature(tmp_path):
    module = Twice()
    with pytest.raises(
        TypeError, match=r"a tf.function with an input_signature for signature f of Twice"
    ):
        tfpredict.export(module, tmp_path / "m", signatures={"f": module.plain})
    with pytest.raises(TypeError, match=r"without one"):
        tfpredict.export(tf.function(lambda x: x), tmp_path / "m")


def test_a_keras_model_that_was_not_built(tmp_path):
    with pytest.raises(ValueError, match=r"which has none yet. Fix: Build it"):
        tfpredict.export(keras.Sequential([keras.layers.Dense(1)]), tmp_path / "m")


def served(folder: str, signature: str = "serving_default"):
    function = tf.saved_model.load(folder).signatures[signature]
    inputs = sorted(function.structured_input_signature[1])
    return function, inputs, sorted(function.structured_outputs)


def test_signatures_of_a_module(tmp_path):
    module = Twice()
    folder = tfpredict.export(module, tmp_path / "one", signatures=module.half)
    assert served(folder)[1:] == (["z"], ["h"])
    both = {"serving_default": module.__call__, "half": module.half}
    folder = tfpredict.export(module, tmp_path / "two", signatures=both)
    assert served(folder)[1:] == (["x"], ["y"])
    function, *names = served(folder, "half")
    assert names == [["z"], ["h"]]
    assert function(z=tf.constant([3.0]))["h"].numpy().tolist() == [1.5]


def test_a_function_alone(tmp_path):
    factor = tf.Variable(3.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def thrice(x):
        return {"y": factor * x}

    function, inputs, outputs = served(tfpredict.export(thrice, tmp_path / "m"))
    assert inputs == ["x"]
    assert outputs == ["y"]
    assert function(x=tf.constant([[1.0, 2.0]]))["y"].numpy().tolist() == [[3.0, 6.0]]


def test_a_function_with_a_table_is_told_to_become_a_module(tmp_path):
    keys = tf.constant(["a"])
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(keys, tf.constant([1.0])), default_value=0.0
    )

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="key")])
    def find(key):
        return {"value": table.lookup(key)}

    with pytest.raises(TypeError, match=r"Make the function a method of a tf.Module"):
        tfpredict.export(find, tmp_path / "m")
    assert list((tmp_path / "m").iterdir()) == []


def test_keras_inputs_and_outputs_keep_their_names(models):
    assert served(str(models / "two_inputs" / "1"))[1:] == (["a", "b"], ["total"])
    assert served(str(models / "two_outputs" / "1"))[1:] == (["x"], ["p", "q"])
    assert served(str(models / "images" / "1"))[1:] == (["image"], ["probabilities"])


def test_saved_model_cli_shows_the_names_of_the_walk_through(models):
    """TensorFlow's own command reads it, and finds the tensors that the original programs name."""
    command = Path(sys.executable).parent / "saved_model_cli"
    shown = subprocess.run(
        [command, "show", "--dir", models / "linear" / "1", "--all"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "inputs['inputs'] tensor_info" in shown
    assert "name: serving_default_inputs:0" in shown
    assert "outputs['outputs'] tensor_info" in shown
    assert "name: StatefulPartitionedCall:0" in shown


def test_the_log_names_no_folder_that_is_gone(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(tf.get_logger(), "propagate", True)
    with caplog.at_level("INFO", logger="tensorflow"):
        tfpredict.export(Twice(), tmp_path / "m")
        assert str(tmp_path) not in caplog.text
        # What TensorFlow says of other folders is not kept back for good.
        tf.saved_model.save(Twice(), str(tmp_path / "plain"))
        assert f"Assets written to: {tmp_path / 'plain'}" in caplog.text
