"""One signature of an export: names, specs, and the model's own answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_MODEL
from tfpredict._exporting.names import arguments
from tfpredict._exporting.structures import distinct, keyed, leaves, placed

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Served:
    """A signature that `export` writes.

    Attributes
    ----------
    inputs : dict of str to tf.TypeSpec
        Specs by the names that users see, in the order of the model's inputs.
    function : callable
        The ``tf.function`` to save. `arguments` has its arguments' names.
    arguments : dict of str to str
        The inputs' names by the names of the function's arguments.
    answer : callable
        Calls the model itself, in Python: from tensors by the inputs' names to tensors by the
        outputs' names.
    """

    inputs: dict[str, Any]
    function: Any
    arguments: dict[str, str]
    answer: Callable[[Mapping[str, Any]], dict[str, Any]]


def served(
    inputs: Mapping[str, Any],
    call: Callable[[Mapping[str, Any]], Any],
    outputs: list[str] | None = None,
    as_function: Callable[..., Any] | None = None,
) -> Served:
    """Make a signature of a model with nested inputs and outputs.

    Parameters
    ----------
    inputs : mapping of str to tf.TensorSpec
        Specs by name.
    call : callable
        Calls the model with tensors by these names.
    outputs : list of str, optional
        Names of outputs without a key. By default ``output_0`` and so on.
    as_function : callable, optional
        Makes the ``tf.function`` from a Python function and its specs.
    """
    import tensorflow as tf

    by_argument = dict(zip(arguments(inputs), inputs))

    def answer(tensors: Mapping[str, Any]) -> dict[str, Any]:
        return named_outputs(call(tensors), outputs)

    def serving(*tensors: Any) -> dict[str, Any]:
        return answer(dict(zip(inputs, tensors)))

    specs = [
        tf.TensorSpec(inputs[name].shape, inputs[name].dtype, name=argument)
        for argument, name in by_argument.items()
    ]
    if as_function is None:
        function = tf.function(serving, input_signature=specs, autograph=False)
    else:
        function = as_function(serving, specs)
    # Tracing here raises before anything is written.
    function.get_concrete_function()
    return Served(dict(inputs), function, by_argument, answer)


def named_outputs(structure: Any, outputs: list[str] | None = None) -> dict[str, Any]:
    """Return a model's outputs by name: the keys that lead to each.

    Examples
    --------
    >>> named_outputs({"risk": 1, "more": {"a": 2, "b": 3}})
    {'risk': 1, 'more_a': 2, 'more_b': 3}
    >>> named_outputs([1, 2], ["left", "right"]), named_outputs(1)
    ({'left': 1, 'right': 2}, {'output_0': 1})
    """
    found = list(leaves(structure))
    if not found:
        raise EXPORT_MODEL.error(
            ValueError,
            "a tensor or a structure of tensors as the model's answer",
            "no tensor",
            "Return one.",
        )
    keys = [keyed(path) for path, _ in found]
    if outputs is not None and len(outputs) == len(found) and not any(keys):
        names = outputs
    else:
        names = [key or placed("output", path or (0,)) for key, (path, _) in zip(keys, found)]
    paths = [path for path, _ in found]
    return dict(zip(distinct(list(zip(names, paths)), "outputs"), (leaf for _, leaf in found)))
