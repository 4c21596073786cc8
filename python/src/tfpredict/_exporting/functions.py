"""Makes signatures of ``tf.function``s and concrete functions, with nested tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfpredict._error_classes import EXPORT_MODEL
from tfpredict._exporting.names import are_plain
from tfpredict._exporting.served import Served, named_outputs, served
from tfpredict._exporting.structures import Path, distinct, keyed, leaves, mapped


def is_function(value: Any) -> bool:
    """Return whether TensorFlow can trace a value, or has traced it."""
    return hasattr(value, "get_concrete_function") or hasattr(value, "structured_input_signature")


def function_served(function: Any, signature: str, owner: str) -> Served:
    """Make a signature of a function that declares its tensors.

    Parameters
    ----------
    function : tf.function or ConcreteFunction
        A ``tf.function`` with an ``input_signature``, or a loaded one with one trace.
    signature, owner : str
        For errors: the signature's name, and the function's owner.

    Raises
    ------
    TypeError
        If it does not declare its tensors.
    ValueError
        If two inputs or two outputs have the same name.
    """
    concrete = _concrete(function)
    if concrete is None:
        raise EXPORT_MODEL.error(
            TypeError,
            f"a tf.function with an input_signature for signature {signature} of {owner}",
            type(function).__name__ + (" without one" if is_function(function) else ""),
            "Give the function an input_signature.",
        )
    given, named = concrete.structured_input_signature
    if function is not concrete:
        # Arguments outside the input signature have defaults.
        given = given[: len(function.input_signature)] if function.input_signature else given
    arguments = (tuple(given), dict(named))
    names = _names(concrete, arguments)

    def call(tensors: Mapping[str, Any]) -> Any:
        positional, by_name = mapped(
            arguments, lambda path, leaf: tensors[names[path]] if path in names else leaf
        )
        return function(*positional, **by_name)

    inputs = {names[path]: leaf for path, leaf in leaves(arguments) if path in names}
    if _is_native(concrete, arguments, names):
        plain = {name: name for name in inputs}
        return Served(inputs, function, plain, lambda tensors: named_outputs(call(tensors)))
    composite = [name for name, spec in inputs.items() if not _is_dense(spec)]
    if composite:
        raise EXPORT_MODEL.error(
            TypeError,
            f"dense tensors inside a structure, in signature {signature} of {owner}",
            f"{composite[0]}, a {type(inputs[composite[0]]).__name__}",
            "Make it an argument of its own, or a dense tensor.",
        )
    return served(inputs, call)


def _concrete(function: Any) -> Any:
    if not is_function(function):
        return None
    if getattr(function, "input_signature", None):
        return function.get_concrete_function()
    if getattr(function, "structured_input_signature", None):
        return function
    # A loaded function has the saved traces.
    loaded = getattr(function, "concrete_functions", None) or []
    return loaded[0] if len(loaded) == 1 else None


def _names(concrete: Any, arguments: Any) -> dict[Path, str]:
    """Return the inputs' names by their places among the arguments."""
    specs = [(path, leaf) for path, leaf in leaves(arguments) if _is_spec(leaf)]
    keywords = [str(word) for word in concrete._arg_keywords]
    if all(len(path) == 2 and _is_dense(leaf) for path, leaf in specs):
        # TensorFlow's own order: that of arguments, then of keywords sorted.
        ordered = sorted(specs, key=lambda found: (found[0][0], found[0][1]))
        if len(keywords) == len(ordered):
            return {path: word for (path, _), word in zip(ordered, keywords)}
    named = [(keyed(path[2:]) or _own_name(path, leaf), path) for path, leaf in specs]
    return dict(zip((path for _, path in named), distinct(named, "inputs")))


def _own_name(path: Path, spec: Any) -> str:
    own = getattr(spec, "name", None)
    return str(own or (path[1] if path[0] else "_".join(["arg", *map(str, path[1:])])))


def _is_native(concrete: Any, arguments: Any, names: dict[Path, str]) -> bool:
    """Return whether TensorFlow writes these names by itself."""
    if not all(len(path) == 2 for path in names):
        return False
    specs = [leaf for path, leaf in leaves(arguments) if path in names]
    if all(map(_is_dense, specs)) and not are_plain(names.values()):
        return False
    outputs = concrete.structured_outputs
    if isinstance(outputs, Mapping):
        return all(isinstance(name, str) and _is_tensor(leaf) for name, leaf in outputs.items())
    if isinstance(outputs, Sequence):
        return all(map(_is_tensor, outputs))
    return _is_tensor(outputs)


def _is_spec(value: Any) -> bool:
    import tensorflow as tf

    return isinstance(value, tf.TypeSpec)


def _is_dense(value: Any) -> bool:
    import tensorflow as tf

    return isinstance(value, tf.TensorSpec)


def _is_tensor(value: Any) -> bool:
    import tensorflow as tf

    return tf.is_tensor(value) or isinstance(value, tf.TypeSpec)
