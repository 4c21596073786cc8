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
    """Write a model into a version folder, whole or not at all.

    It is written into a temporary folder beside the others and renamed, so that a reader never
    sees half a model, with checksums that every reader compares.

    Parameters
    ----------
    model : keras.Model, tf.Module, tf.function, or a loaded SavedModel
        A Keras 3 model: the signature ``serving_default`` has its inputs and outputs by
        their names. A subclass of ``keras.Model`` must have been called, or get `examples`.
        A ``tf.Module``: what serves is its ``__call__``, or what `signatures`
        names; each must be a ``tf.function`` with an ``input_signature``, or a concrete function.
        A ``tf.function``, likewise. What ``tf.saved_model.load`` returns: its signatures.

        Keys of dicts and fields of named tuples, joined by ``_`` where they nest, are the names
        of inputs and outputs. What no key leads to is called as its Keras layer, its spec or its
        argument is, and as an output of a function ``output_0`` and so on.
    path : str or path-like
        The model's folder; made where it is missing.
    version : int, optional
        The version's number, not negative; by default the one after the highest there, or 1.
    signatures : tf.function or mapping of str to tf.function, optional
        Functions of a ``tf.Module`` to serve: one, as ``serving_default``, or several by name.

    examples : array, sequence or mapping, optional
        A batch of input rows to keep with the model, with the answers that the model itself gives
        to them now: `verify` replays them on the JVM, and what was written is compared with them
        in TensorFlow. For a model of one signature: an array where it has one input, else a
        mapping by the inputs' names, or what the model takes: a nested structure, or a sequence
        in the order of its inputs. For several: a mapping of these by the signatures' names.

    Returns
    -------
    str
        The version folder that was written.

    Raises
    ------
    FileExistsError
        If that version is there.
    TypeError
        If the model is none of these, or a function has no ``input_signature``.
    ValueError
        If the version is negative, a Keras model has not been built, two inputs or outputs would
        have one name, or the examples do not fit the model or are answered otherwise by what was
        written.

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
        A Keras file, ``.keras`` or the older ``.h5``; where Keras 3 cannot read it, ``tf_keras``
        does, if it is installed. Or the folder of a SavedModel: one that is text
        (``saved_model.pbtxt``) is written in the binary form as it is, and a binary one is loaded
        by ``tf.saved_model.load`` and written anew. Or a frozen graph, ``.pb`` or ``.pbtxt``.
    path, version, examples
        As for `export`.
    inputs, outputs : iterable of str, optional
        Tensors of a frozen graph, such as ``x:0``; with a name for the column ``features=x:0``,
        else they are called as their ops are. Without them the error lists the graph's
        placeholders and last nodes.
    safe_mode : bool, default True
        As for ``keras.models.load_model``: code in a Keras file, such as that of a ``Lambda``
        layer, is not run, and the file is refused. With False it is run.

    Returns
    -------
    str
        The version folder that was written.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is none of these, or cannot be read, or as `export` does.
    FileExistsError
        If that version is there.

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
    # Beside its target, so that the rename stays on one file system; the name is no version's.
    temporary = Path(tempfile.mkdtemp(prefix=f".{number}-", dir=root))
    try:
        # Nobody finds that folder when the export is done.
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
    # Folders made by mkdtemp are the owner's alone; the model is for whoever may read its parent.
    try:
        written.rename(target)
    except OSError as failed:
        # POSIX refuses to rename onto a folder that holds something: another writer was first.
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
