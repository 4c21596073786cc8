"""Writes a model as a version that Spark can serve.

Needs TensorFlow (the extra ``train``), not Spark.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict import checksums
from tfpredict._error_classes import ARGUMENT_VALUE, EXPORT_VERSION
from tfpredict._exporting.log import unsaid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tfpredict._exporting.writers import Writer


def export(
    model: Any,
    path: str | os.PathLike[str],
    version: int | None = None,
    *,
    signatures: Any = None,
    examples: Any = None,
) -> str:
    """Write a model into a version folder, completely or not at all.

    The model is written into a temporary folder beside the versions, which is then renamed. So no
    reader sees half a model. Checksums are written with it, which every reader compares.

    Parameters
    ----------
    model : keras.Model, tf.Module, tf.function, or a loaded SavedModel
        A Keras 3 model serves its inputs and outputs as the signature ``serving_default``. A
        subclass of ``keras.Model`` must have been called, or get `examples`.
        A ``tf.Module`` serves its ``__call__``, or the functions of `signatures`. Each must be a
        ``tf.function`` with an ``input_signature``, or a concrete function.
        A ``tf.function`` serves itself, with the same condition. The result of
        ``tf.saved_model.load`` serves its signatures.

        Inputs and outputs in dicts and named tuples are named by their keys and fields, joined by
        ``_`` where they nest. Others have the name of their Keras layer, spec or argument. Other
        outputs of a function are ``output_0`` and so on.
    path : str or path-like
        The model's folder. It is made if it is missing.
    version : int, optional
        Number of the version, not negative. By default the next one, or 1.
    signatures : tf.function or mapping of str to tf.function, optional
        Functions of a ``tf.Module`` to serve: one, as ``serving_default``, or several by name.
    examples : array, sequence or mapping, optional
        A batch of input rows. They are kept with the model and with the model's own answers:
        `verify` runs them again on the JVM. The exported model must answer the same in TensorFlow.
        For a model of one signature and one input, an array of shape [rows, …]. For several inputs,
        a mapping by their names, a sequence in their order, or the nested structure that the model
        takes. For several signatures, a mapping of these by the signatures' names.

    Returns
    -------
    str
        The new version folder.

    Raises
    ------
    FileExistsError
        If that version exists.
    TypeError
        If the model is of another kind, or a function has no ``input_signature``.
    ValueError
        If the version is negative, a Keras model has not been built, two inputs or outputs have
        the same name, the examples do not fit the model, or the exported model answers them
        differently.

    Examples
    --------
    >>> import tensorflow as tf, tfpredict
    >>> class Twice(tf.Module):
    ...     @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    ...     def __call__(self, x):
    ...         return {"y": 2.0 * x}
    >>> tfpredict.export(Twice(), tmp_path / "twice").endswith("twice/1")
    True
    >>> tfpredict.export(Twice(), tmp_path / "twice", version=1)
    Traceback (most recent call last):
    ...
    FileExistsError: version 1 is there already: ...
    """
    from tfpredict._exporting.writers import writer

    return _write(writer(model, signatures, examples), path, version, examples)


def export_file(
    file: str | os.PathLike[str],
    path: str | os.PathLike[str],
    version: int | None = None,
    *,
    inputs: Iterable[str] | None = None,
    outputs: Iterable[str] | None = None,
    safe_mode: bool = True,
    examples: Any = None,
) -> str:
    """Write a model that was saved to a file or a folder into a version folder.

    Parameters
    ----------
    file : str or path-like
        A Keras file (``.keras`` or ``.h5``), a SavedModel's folder, or a frozen graph (``.pb`` or
        ``.pbtxt``). If Keras 3 cannot read a Keras file, ``tf_keras`` does, where that is
        installed. A SavedModel as text (``saved_model.pbtxt``) is written in the binary form. A
        binary one is loaded by ``tf.saved_model.load`` and written again.
    path, version, examples
        As for `export`.
    inputs, outputs : iterable of str, optional
        Tensors of a frozen graph, such as ``x:0``, or ``features=x:0`` with a column's name. By
        default a tensor has the name of its op. Without them the error lists the graph's
        placeholders and last nodes.
    safe_mode : bool, default True
        Whether a Keras file with code inside, such as a ``Lambda`` layer's, is refused, as by
        ``keras.models.load_model``. With False the code runs.

    Returns
    -------
    str
        The new version folder.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file is of another kind or cannot be read, and as by `export`.
    FileExistsError
        If that version exists.

    Examples
    --------
    >>> import keras, tensorflow as tf
    >>> net = keras.Sequential([keras.layers.Input((2,), name="x"), keras.layers.Dense(1)])
    >>> net.save(tmp_path / "net.keras")
    >>> export_file(tmp_path / "net.keras", tmp_path / "net").endswith("net/1")
    True
    >>> with tf.Graph().as_default() as graph:
    ...     x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="x")
    ...     y = tf.multiply(x, 2.0, name="y")
    >>> written = tf.io.write_graph(graph, str(tmp_path), "frozen.pb", as_text=False)
    >>> export_file(written, tmp_path / "frozen", inputs=["x:0"], outputs=["y:0"])[-8:]
    'frozen/1'
    """
    from tfpredict._exporting.files import writer_of

    ready = writer_of(Path(file), examples, inputs=inputs, outputs=outputs, safe_mode=safe_mode)
    return _write(ready, path, version, examples)


def _write(ready: Writer, path: str | os.PathLike[str], version: int | None, examples: Any) -> str:
    from tfpredict.examples import batches, keep_answers

    rows = None if examples is None else batches(ready.signatures, examples)
    root = Path(path)
    number = _next_version(root) if version is None else _checked_version(version)
    target = root / str(number)
    if target.exists():
        raise _exists(target)
    root.mkdir(parents=True, exist_ok=True)
    # Beside its target, so that both are on one file system. The name is not a version's.
    temporary = Path(tempfile.mkdtemp(prefix=f".{number}-", dir=root))
    try:
        # TensorFlow would log the temporary folder, which is gone after the export.
        with unsaid(str(temporary)):
            ready.write(temporary / "model")
            if rows is not None:
                keep_answers(temporary / "model", ready.signatures, rows)
        checksums.write(temporary / "model")
        _publish(temporary / "model", target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return str(target)


def _checked_version(version: int) -> int:
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise ARGUMENT_VALUE.error(
            ValueError, "an integer for version, not negative", repr(version), "Pass such a number."
        )
    return version


def _next_version(root: Path) -> int:
    if not root.is_dir():
        return 1
    taken = [int(entry.name) for entry in root.iterdir() if entry.name.isdecimal()]
    return max(taken, default=0) + 1


def _publish(written: Path, target: Path) -> None:
    # Only its owner can read a folder that mkdtemp made. So the one inside it is published.
    try:
        written.rename(target)
    except OSError as failed:
        # POSIX refuses to rename onto a folder with files: another writer was first.
        if target.exists():
            raise _exists(target) from failed
        raise


def _exists(target: Path) -> FileExistsError:
    return EXPORT_VERSION.error(
        FileExistsError,
        "a new version",
        f"version {target.name}, {target}",
        "Leave version out to write the next one: a version never changes.",
    )
