"""Writes a model as a version that Spark can serve.

Needs TensorFlow (the extra ``train``), not Spark.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict import checksums

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVING = "serving_default"


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
    model : keras.Model, tf.Module or tf.function
        A Keras 3 model: the signature ``serving_default`` has its inputs and outputs by
        their names. A ``tf.Module``: what serves is its ``__call__``, or what `signatures`
        names; each must be a ``tf.function`` with an ``input_signature`` whose specs are named.
        A ``tf.function``, likewise.
    path : str or path-like
        The model's folder; made where it is missing.
    version : int, optional
        The version's number, not negative; by default the one after the highest there, or 1.
    signatures : tf.function or mapping of str to tf.function, optional
        Functions of a ``tf.Module`` to serve: one, as ``serving_default``, or several by name.

    examples : array, sequence or mapping, optional
        A batch of input rows to keep with the model, with the answers that TensorFlow gives to them
        now: `verify` replays them on the JVM. For a model of one signature: an array where it has
        one input, else a mapping by the inputs' names, or a sequence in their order. For several: a
        mapping of these by the signatures' names.

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
        If the version is negative, or a Keras model has not been built.

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
    write = _writer(model, signatures)
    root = Path(path)
    number = _next_version(root) if version is None else _checked_version(version)
    target = root / str(number)
    if target.exists():
        raise FileExistsError(
            f"version {number} is there already: {target}. A version never changes; "
            "leave version out to write the next one."
        )
    root.mkdir(parents=True, exist_ok=True)
    # Beside its target, so that the rename stays on one file system; the name is no version's.
    temporary = Path(tempfile.mkdtemp(prefix=f".{number}-", dir=root))
    try:
        with _unsaid(temporary):
            write(str(temporary / "model"))
        if examples is not None:
            from tfpredict.examples import keep

            keep(temporary / "model", examples)
        checksums.write(temporary / "model")
        _publish(temporary / "model", target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return str(target)


def export_file(
    file: str | os.PathLike[str],
    path: str | os.PathLike[str],
    version: int | None = None,
    *,
    examples: Any = None,
) -> str:
    """Write a Keras model that was saved to a file into a version folder.

    Parameters
    ----------
    file : str or path-like
        What ``model.save("net.keras")`` wrote, or an older ``.h5`` file. Code in it, such as that
        of a ``Lambda`` layer, is not run.
    path, version, examples
        As for `export`.

    Returns
    -------
    str
        The version folder that was written.

    Raises
    ------
    ValueError
        If Keras cannot read the file, or as `export` does.
    FileExistsError
        If that version is there.

    Examples
    --------
    >>> import keras
    >>> net = keras.Sequential([keras.layers.Input((2,), name="x"), keras.layers.Dense(1)])
    >>> net.save(tmp_path / "net.keras")
    >>> export_file(tmp_path / "net.keras", tmp_path / "net").endswith("net/1")
    True
    """
    import keras

    try:
        model = keras.models.load_model(file, compile=False)
    except Exception as failed:
        # Keras raises many kinds, some with the whole configuration in their text.
        lines = [line.strip() for line in str(failed).splitlines() if line.strip()]
        why = (lines or [type(failed).__name__])[0][:300]
        raise ValueError(f"Keras {keras.__version__} cannot read {file}: {why}") from failed
    return export(model, path, version, examples=examples)


def _writer(model: Any, signatures: Any) -> Callable[[str], None]:
    import keras
    import tensorflow as tf

    if isinstance(model, keras.Model):
        if signatures is not None:
            raise TypeError(
                "signatures are for a tf.Module; a Keras model serves its inputs and outputs"
            )
        return _keras_writer(model)
    if isinstance(model, tf.Module):
        chosen = _signatures(model.__call__ if signatures is None else signatures, model)
        return lambda folder: tf.saved_model.save(model, folder, signatures=chosen)
    if _is_function(model):
        return _function_writer(model)
    raise TypeError(
        f"expected a Keras 3 model, a tf.Module or a tf.function, found {type(model).__name__}"
    )


def _function_writer(function: Any) -> Callable[[str], None]:
    import tensorflow as tf

    chosen = _signatures(function, function)
    concrete = (
        function.get_concrete_function() if hasattr(function, "get_concrete_function") else function
    )
    # TensorFlow saves only what hangs on an object, so the function's variables get one.
    module = tf.Module()
    module.function = function
    module.used = list(concrete.graph.variables)

    def write(folder: str) -> None:
        try:
            tf.saved_model.save(module, folder, signatures=chosen)
        except AssertionError as untracked:
            raise TypeError(
                "the tf.function uses a table or another resource that is no variable: make the "
                "function a method of a tf.Module that has the resource as an attribute"
            ) from untracked

    return write


def _keras_writer(model: Any) -> Callable[[str], None]:
    import keras
    import tensorflow as tf

    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise ValueError(
            f"the Keras model {model.name} has no inputs yet: build it, with an Input layer or "
            "by calling it once"
        )
    specs = [
        tf.TensorSpec([None, *tensor.shape[1:]], tensor.dtype, name=tensor.name)
        for tensor in inputs
    ]
    functional = model if hasattr(model, "output_names") else model._functional
    structure = functional._inputs_struct
    names = list(functional.output_names)

    def serving(*tensors: Any) -> Any:
        outputs = model(tf.nest.pack_sequence_as(structure, tensors), training=False)
        return dict(zip(names, tf.nest.flatten(outputs)))

    def write(folder: str) -> None:
        # One endpoint alone keeps the tensor names of a plain SavedModel, StatefulPartitionedCall:0
        # among them; `model.export` writes a second signature, which takes that name.
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint(_SERVING, serving, input_signature=specs)
        archive.write_out(folder, verbose=False)

    return write


def _signatures(functions: Any, owner: Any) -> Any:
    named = functions if isinstance(functions, Mapping) else {_SERVING: functions}
    for name, function in named.items():
        if not _is_function(function) or _input_signature(function) is None:
            raise TypeError(
                f"signature {name} of {type(owner).__name__}: expected a tf.function with an "
                f"input_signature, found {type(function).__name__}"
                + ("" if not _is_function(function) else " without one")
            )
    return dict(named)


def _is_function(value: Any) -> bool:
    return hasattr(value, "get_concrete_function") or hasattr(value, "structured_input_signature")


def _input_signature(function: Any) -> Any:
    return getattr(function, "input_signature", None) or getattr(
        function, "structured_input_signature", None
    )


@contextmanager
def _unsaid(folder: Path) -> Iterator[None]:
    """Keep out of TensorFlow's log what names a folder that nobody finds there any more."""

    def is_of_others(record: logging.LogRecord) -> bool:
        return str(folder) not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(is_of_others)
    try:
        yield
    finally:
        logger.removeFilter(is_of_others)


def _checked_version(version: int) -> int:
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise ValueError(f"version: expected an integer, not negative, found {version!r}")
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
            raise FileExistsError(f"version {target.name} is there already: {target}") from failed
        raise
