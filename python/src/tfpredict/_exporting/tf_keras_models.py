"""Makes signatures of Keras 2 models, which the package ``tf_keras`` still supports."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from tfpredict._error_classes import EXPORT_MODEL
from tfpredict._exporting.keras_models import apart, argument_name, spec_of
from tfpredict._exporting.served import Served, served
from tfpredict._exporting.structures import distinct, keyed, leaves, mapped


def is_tf_keras(model: Any) -> bool:
    """Return whether a model is of ``tf_keras``, without an import of that package."""
    return any(
        base.__name__ == "Model" and base.__module__.split(".")[0] == "tf_keras"
        for base in type(model).__mro__
    )


def tf_keras_served(model: Any) -> Served:
    """Make a signature of a Keras 2 model, with names by the rules for Keras 3.

    Raises
    ------
    ValueError
        If it was neither built nor called, or two inputs or outputs have the same name.
    """
    nested = getattr(model, "_nested_inputs", None)
    recorded = getattr(model, "_saved_model_arg_spec", None)
    if nested is not None:
        arguments: Any = ((nested,), {})
        names = {path: keyed(path[2:]) or leaf.name for path, leaf in leaves(arguments)}
        outputs = apart(list(model.output_names))
    elif recorded is not None:
        given = list(inspect.signature(model.call).parameters)
        by_name = {**dict(zip(given, recorded[0])), **recorded[1]}
        arguments = ((), {name: spec for name, spec in by_name.items() if name != "training"})
        names = {path: argument_name(path) for path, _ in leaves(arguments)}
        outputs = None
    else:
        raise EXPORT_MODEL.error(
            ValueError,
            "a Keras model with inputs",
            f"{model.name}, which has none yet",
            "Build it, with an Input layer or by calling it once.",
        )
    distinct([(name, path) for path, name in names.items()], "inputs")

    def call(tensors: Mapping[str, Any]) -> Any:
        positional, named = mapped(arguments, lambda path, leaf: tensors[names[path]])
        if named:
            # Keras 2 needs the first argument by position.
            first, *rest = named
            return model(named[first], **{name: named[name] for name in rest}, training=False)
        return model(*positional, training=False)

    return served({names[path]: spec_of(leaf) for path, leaf in leaves(arguments)}, call, outputs)
