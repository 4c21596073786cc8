"""Compares an exported model's answers with the original model's, in TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_ANSWERS, EXPORT_EXAMPLES
from tfpredict._exporting.log import unsaid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tfpredict._exporting.served import Served


def check(
    folder: Path, signature: str, served: Served, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the model's own answers to a batch. The exported model must give the same.

    Parameters
    ----------
    folder : Path
        The SavedModel.
    signature : str
        One of its signatures.
    served : Served
        The original of that signature.
    inputs : mapping of str to tf.Tensor
        A batch, by the inputs' names.

    Returns
    -------
    dict of str to numpy.ndarray
        By the outputs' names.

    Raises
    ------
    ValueError
        If the answers or their names differ, or differ from call to call.
    """
    answers = _arrays(signature, served.answer(inputs))
    written, rounding = _written(folder, signature, inputs)
    wrong = _difference(answers, written, rounding)
    if wrong is None:
        return answers
    again = _difference(answers, _arrays(signature, served.answer(inputs)), rounding)
    if again is not None:
        raise EXPORT_EXAMPLES.error(
            ValueError,
            f"the same answer each time from signature {signature}",
            f"two answers to one batch ({again})",
            "Leave examples out.",
        )
    raise EXPORT_ANSWERS.error(
        ValueError,
        f"the model's own answers from signature {signature}",
        wrong,
        "Look for Python code that runs only once, when TensorFlow traces it. Write it with "
        "TensorFlow's ops.",
    )


def _arrays(signature: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    import tensorflow as tf

    for name, value in answers.items():
        if not isinstance(value, tf.Tensor) and not hasattr(value, "numpy"):
            raise EXPORT_EXAMPLES.error(
                ValueError,
                f"dense tensors as outputs of signature {signature}",
                f"{name}, a {type(value).__name__}",
                "Leave examples out.",
            )
    return {name: _array(value) for name, value in answers.items()}


def _array(value: Any) -> Any:
    import numpy as np

    found = value.numpy()
    # TensorFlow returns a string scalar as bytes.
    return np.asarray(found, dtype=object) if isinstance(found, bytes) else np.asarray(found)


def _written(
    folder: Path, signature: str, inputs: Mapping[str, Any]
) -> tuple[dict[str, Any], float]:
    """Run a signature by its tensors' names, as the JVM does. Return answers and rounding."""
    import tensorflow as tf

    with tf.compat.v1.Session(graph=tf.Graph()) as session, unsaid("saved_model.load"):
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
        signed = loaded.signature_def[signature]
        feeds = {signed.inputs[name].name: tensor.numpy() for name, tensor in inputs.items()}
        fetches = {name: info.name for name, info in signed.outputs.items()}
        found: dict[str, Any] = session.run(fetches, feeds)
        return found, _rounding(session.graph.as_graph_def())


def _rounding(graph: Any) -> float:
    """Return the rounding of a graph's small floats; 0 if it has none."""
    import tensorflow as tf

    functions = (function.node_def for function in graph.library.function)
    nodes = [node for nodes in (graph.node, *functions) for node in nodes]
    dtypes = {value.type for node in nodes for value in node.attr.values()}
    small = (tf.bfloat16, tf.float16)
    return max((_eps(of) for of in small if of.as_datatype_enum in dtypes), default=0.0)


def _eps(dtype: Any) -> float:
    # NumPy's own finfo knows no bfloat16.
    import ml_dtypes

    info: Any = ml_dtypes.finfo
    return float(info(dtype.real_dtype.as_numpy_dtype).eps)


def _difference(
    expected: Mapping[str, Any], found: Mapping[str, Any], rounding: float
) -> str | None:
    """Return how two sets of answers differ; None if they agree."""
    import numpy as np

    if set(expected) != set(found):
        return f"expected the outputs {', '.join(expected)}, found {', '.join(found)}"
    for name, own in expected.items():
        other = np.asarray(found[name])
        if own.shape != other.shape:
            return f"output {name} has the shape {own.shape}, and {other.shape} there"
        if not _are_close(own, other, rounding):
            return f"output {name} begins with {_shown(own)}, and with {_shown(other)} there"
    return None


def _are_close(own: Any, other: Any, rounding: float) -> bool:
    import numpy as np
    import tensorflow as tf

    dtype = None if own.dtype == object else tf.as_dtype(own.dtype)
    if dtype is None or not (dtype.is_floating or dtype.is_complex):
        return bool(np.array_equal(own, other))
    # Graphs sum in another order. An error in half of a dtype's digits is more than rounding.
    digits = float(np.sqrt(max(rounding, _eps(dtype))))
    own, other = (
        values.astype("complex128" if dtype.is_complex else "float64") for values in (own, other)
    )
    finite = np.abs(own[np.isfinite(own)])
    scale = max(1.0, float(finite.max()) if finite.size else 1.0)
    return bool(np.allclose(own, other, rtol=digits, atol=digits * scale, equal_nan=True))


def _shown(values: Any) -> str:
    return ", ".join(str(value) for value in values.ravel()[:3])
