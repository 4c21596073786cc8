"""Chooses how a model is written, by its kind."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_MODEL
from tfpredict._exporting.functions import function_served, is_function
from tfpredict._exporting.keras_models import keras_served
from tfpredict._exporting.names import rename
from tfpredict._exporting.served import Served
from tfpredict._exporting.tf_keras_models import is_tf_keras, tf_keras_served

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVING = "serving_default"


@dataclass(frozen=True)
class Writer:
    """A model that is ready to be written.

    Attributes
    ----------
    signatures : dict of str to Served
        The signatures that it will serve, by name.
    save : callable
        Writes a SavedModel into a folder.
    """

    signatures: dict[str, Served]
    save: Callable[[str], None]

    def write(self, folder: Path) -> None:
        """Write the SavedModel, with the inputs' own names."""
        self.save(str(folder))
        rename(folder, {name: served.arguments for name, served in self.signatures.items()})


def writer(model: Any, signatures: Any, examples: Any) -> Writer:
    """Make a model ready to be written.

    Parameters
    ----------
    model, signatures, examples
        As for `tfpredict.export`.

    Raises
    ------
    TypeError
        If the model is of another kind.
    ValueError
        If names collide, or a Keras model's inputs are unknown.
    """
    import keras
    import tensorflow as tf

    if isinstance(model, keras.Model):
        if signatures is not None:
            raise EXPORT_MODEL.error(
                TypeError,
                "a tf.Module where signatures are given",
                f"the Keras model {model.name}, which serves its inputs and outputs",
                "Leave signatures out.",
            )
        return _keras(model, examples)
    if signatures is None and is_tf_keras(model):
        return _tf_keras(model)
    loaded = getattr(model, "signatures", None)
    if isinstance(model, tf.Module):
        chosen = _served(model.__call__ if signatures is None else signatures, model)
        return Writer(chosen, _saver(model, chosen))
    if is_function(model):
        return _function(model)
    if isinstance(loaded, Mapping) and (loaded or signatures is not None):
        module = tf.Module()
        module.loaded = model
        chosen = _served(dict(loaded) if signatures is None else signatures, model)
        return Writer(chosen, _saver(module, chosen))
    raise EXPORT_MODEL.error(
        TypeError,
        "a Keras 3 model, a tf.Module, a tf.function or the result of tf.saved_model.load",
        type(model).__name__,
        "Call tfpredict.export_file for a saved file."
        if isinstance(model, (str, os.PathLike))
        else "Pass one of these.",
    )


def _keras(model: Any, examples: Any) -> Writer:
    import keras

    if isinstance(model, keras.Sequential) and not model.built:
        raise EXPORT_MODEL.error(
            ValueError,
            "a Keras model with inputs",
            f"{model.name}, which has none yet",
            "Build it, with an Input layer or by calling it once.",
        )
    # Only a single endpoint keeps the tensor names of a plain SavedModel, such as
    # StatefulPartitionedCall:0. `model.export` writes a second signature, which takes that name.
    archive = keras.export.ExportArchive()
    chosen = keras_served(model, archive, _SERVING, examples)
    return Writer({_SERVING: chosen}, lambda folder: archive.write_out(folder, verbose=False))


def _tf_keras(model: Any) -> Writer:
    import tensorflow as tf

    chosen = {_SERVING: tf_keras_served(model)}
    # With the model itself as the root, Keras 2 would save much more.
    module = tf.Module()
    module.layers = list(model.layers)
    module.used = list(model.variables)
    return Writer(chosen, _saver(module, chosen))


def _function(function: Any) -> Writer:
    import tensorflow as tf

    chosen = _served(function, function)
    # TensorFlow saves only variables that are attributes of an object, so they get one.
    module = tf.Module()
    module.function = function
    concrete = (
        function.get_concrete_function() if hasattr(function, "get_concrete_function") else function
    )
    module.used = list(concrete.graph.variables)
    save = _saver(module, chosen)

    def save_tracked(folder: str) -> None:
        try:
            save(folder)
        except AssertionError as untracked:
            raise EXPORT_MODEL.error(
                TypeError,
                "a tf.function that uses only variables",
                "one that uses a table or another resource",
                "Make the function a method of a tf.Module that has the resource as an attribute. "
                "Export a loaded model as a whole.",
            ) from untracked

    return Writer(chosen, save_tracked)


def _saver(root: Any, chosen: Mapping[str, Served]) -> Callable[[str], None]:
    import tensorflow as tf

    functions = {name: served.function for name, served in chosen.items()}
    return lambda folder: tf.saved_model.save(root, folder, signatures=functions)


def _served(functions: Any, owner: Any) -> dict[str, Served]:
    named = functions if isinstance(functions, Mapping) else {_SERVING: functions}
    return {
        name: function_served(function, name, type(owner).__name__)
        for name, function in named.items()
        if not name.startswith("__")
    }
