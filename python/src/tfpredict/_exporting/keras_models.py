"""Makes signatures of Keras 3 models: functional, Sequential, and subclasses of Model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_EXAMPLES, EXPORT_MODEL
from tfpredict._exporting.served import Served, served
from tfpredict._exporting.structures import Path, distinct, keyed, leaves, mapped, placed

if TYPE_CHECKING:
    from collections.abc import Callable

# Arguments of a model's call that Keras fills in itself.
_OF_KERAS = ("training", "mask", "args", "kwargs")


def keras_served(model: Any, archive: Any, signature: str, examples: Any) -> Served:
    """Make a signature of a Keras model.

    Inputs and outputs in a dict are named by its keys, others by their layers. A subclass's other
    inputs have the names of its ``call``'s arguments, and its outputs are ``output_0`` and so on.

    Parameters
    ----------
    model : keras.Model
        Built, or a subclass that `examples` can build.
    archive : keras.export.ExportArchive
        Receives the signature.
    signature : str
        Its name.
    examples
        A batch. It shows a subclass's inputs where Keras has not recorded them.

    Raises
    ------
    ValueError
        If the model's inputs are unknown, or two inputs or outputs have the same name.
    """
    functional = model if hasattr(model, "_inputs_struct") else getattr(model, "_functional", None)
    if functional is not None and hasattr(functional, "_inputs_struct"):
        arguments: Any = ((functional._inputs_struct,), {})
        names = {path: keyed(path[2:]) or leaf.name for path, leaf in leaves(arguments)}
        outputs = apart(list(functional.output_names))
    else:
        arguments = ((), _recorded(model, examples))
        names = {path: argument_name(path) for path, _ in leaves(arguments)}
        outputs = None
    distinct([(name, path) for path, name in names.items()], "inputs")

    def call(tensors: Mapping[str, Any]) -> Any:
        given, named = mapped(arguments, lambda path, leaf: tensors[names[path]])
        return model(*given, **named, training=False)

    def as_function(serving: Callable[..., Any], specs: list[Any]) -> Any:
        archive.track(model)
        return archive.add_endpoint(signature, serving, input_signature=specs)

    inputs = {names[path]: spec_of(leaf) for path, leaf in leaves(arguments)}
    return served(inputs, call, outputs, as_function)


def apart(names: list[str]) -> list[str]:
    """Return names with numbers after repeated ones, as of a layer with several outputs."""
    found: list[str] = []
    for name in names:
        chosen, number = name, 0
        while chosen in found or (number and chosen in names):
            number += 1
            chosen = f"{name}_{number}"
        found.append(chosen)
    return found


def argument_name(path: Path) -> str:
    """Return the name of an input of a subclass's ``call``."""
    # path[0] separates positional from named arguments, path[1] is the argument.
    return keyed(path[2:]) or (placed(path[1], path[2:]) if path[2:] else str(path[1]))


def spec_of(leaf: Any) -> Any:
    """Return the spec of an input, with an open first dimension."""
    import tensorflow as tf

    return tf.TensorSpec([None, *leaf.shape[1:]], leaf.dtype)


def _recorded(model: Any, examples: Any) -> dict[str, Any]:
    """Return specs of the inputs of a subclass's call, by the names of its arguments."""
    if examples is not None:
        rows = _by_argument(model, examples)
        if not model.built or not getattr(model, "_called", True):
            model(**rows, training=False)
        return {name: _specs_of(model, batch) for name, batch in rows.items()}
    shapes = getattr(model, "_build_shapes_dict", None)
    needed = _needed(model)
    if not getattr(model, "_called", False) or not shapes or len(needed) > len(shapes):
        many = f" It takes {', '.join(needed)}." if len(needed) > 1 else ""
        raise EXPORT_MODEL.error(
            ValueError,
            "a Keras model with known inputs",
            f"{model.name}, which has not been called",
            f"Call it once on a batch, or give export a batch as examples.{many}",
        )
    return {
        argument: _specs_of_shapes(model, shape) for argument, shape in zip(needed, shapes.values())
    }


def _needed(model: Any) -> list[str]:
    parameters = model._call_signature.parameters.values()
    named = [each for each in parameters if each.name not in _OF_KERAS]
    needed = [each.name for each in named if each.default is each.empty]
    return needed or [each.name for each in named[:1]]


def _by_argument(model: Any, examples: Any) -> dict[str, Any]:
    """Return rows by the arguments of the model's call."""
    parameters = [name for name in model._call_signature.parameters if name not in _OF_KERAS]
    needed = _needed(model)
    if isinstance(examples, Mapping) and needed[0] in examples and set(examples) <= {*parameters}:
        return dict(examples)
    several = len(needed) > 1
    if several and isinstance(examples, Sequence) and len(examples) == len(needed):
        return dict(zip(needed, examples))
    if several:
        raise EXPORT_EXAMPLES.error(
            ValueError,
            f"a batch for each of {', '.join(needed)}, the inputs of the Keras model {model.name}",
            ", ".join(map(str, examples))
            if isinstance(examples, Mapping)
            else type(examples).__name__,
            "Give them by name or in this order.",
        )
    return {needed[0]: examples}


def _specs_of(model: Any, rows: Any) -> Any:
    import numpy as np
    import tensorflow as tf

    def spec(path: Path, leaf: Any) -> Any:
        tensor = tf.convert_to_tensor(leaf)
        dtype = tensor.dtype
        # Keras casts floats to the model's dtype.
        if dtype.is_floating:
            dtype = tf.as_dtype(model.input_dtype)
        return tf.TensorSpec([None, *tensor.shape[1:]], dtype)

    if isinstance(rows, (list, tuple)) and not any(hasattr(row, "shape") for row in rows):
        rows = np.asarray(rows)
    return mapped(rows, spec)


def _specs_of_shapes(model: Any, shape: Any) -> Any:
    import tensorflow as tf

    if isinstance(shape, Mapping):
        return {key: _specs_of_shapes(model, part) for key, part in shape.items()}
    if all(size is None or isinstance(size, int) for size in shape):
        return tf.TensorSpec([None, *shape[1:]], model.input_dtype)
    return [_specs_of_shapes(model, part) for part in shape]
