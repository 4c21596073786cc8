"""Keeps examples with a model: input rows, and the model's own answers.

The file is ``assets.extra/tfpredict_examples.pb``: length-prefixed ``NamedTensorProto``
messages, named ``signature/inputs/name`` and ``signature/outputs/name``. The JVM reads it without
TensorFlow. Writing it needs TensorFlow (the extra ``train``), not Spark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_EXAMPLES
from tfpredict._exporting.replay import check
from tfpredict._exporting.structures import keyed, leaves

if TYPE_CHECKING:
    from tfpredict._exporting.served import Served

FILE = Path("assets.extra") / "tfpredict_examples.pb"


def batches(signatures: Mapping[str, Served], examples: Any) -> dict[str, dict[str, Any]]:
    """Return a tensor for each input of each signature that has examples.

    Parameters
    ----------
    signatures : mapping of str to Served
        The signatures to export, by name.
    examples : array, sequence or mapping
        Rows, as for `tfpredict.export`.

    Raises
    ------
    ValueError
        If the rows do not fit the model's signatures.

    Examples
    --------
    >>> import tfpredict
    >>> from tfpredict._exporting.writers import writer
    >>> model = tfpredict.training.cancer.fit()
    >>> ready = writer(model.model, None, None)
    >>> batches(ready.signatures, model.features[:8])["serving_default"]["features"].shape
    TensorShape([8, 30])
    """
    by_signature = examples if len(signatures) > 1 else {next(iter(signatures)): examples}
    if not isinstance(by_signature, Mapping) or not set(by_signature) <= set(signatures):
        raise EXPORT_EXAMPLES.error(
            ValueError,
            f"a mapping by some of the signatures {', '.join(sorted(signatures))}",
            ", ".join(map(str, by_signature))
            if isinstance(by_signature, Mapping)
            else type(by_signature).__name__,
            "Give the examples by signature.",
        )
    return {
        signature: _tensors(signatures[signature], rows, signature)
        for signature, rows in by_signature.items()
    }


def keep(folder: Path, examples: Any) -> None:
    """Keep rows and TensorFlow's answers with a SavedModel that another program wrote.

    Parameters
    ----------
    folder : Path
        The SavedModel. TensorFlow loads it and calls its signatures.
    examples : array, sequence or mapping
        Rows, as for `tfpredict.export`.

    Raises
    ------
    ValueError
        If the rows do not fit the model's signatures.

    Examples
    --------
    >>> import tensorflow as tf
    >>> class Twice(tf.Module):
    ...     @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    ...     def __call__(self, x):
    ...         return {"y": 2.0 * x}
    >>> twice = Twice()
    >>> tf.saved_model.save(twice, str(tmp_path), signatures=twice.__call__)
    >>> keep(tmp_path, [1.0, 2.0])
    >>> (tmp_path / FILE).is_file()
    True
    """
    import tensorflow as tf

    from tfpredict._exporting.functions import function_served

    loaded = tf.saved_model.load(str(folder))
    signatures = {
        name: function_served(function, name, str(folder))
        for name, function in loaded.signatures.items()
        if not name.startswith("__")
    }
    keep_answers(folder, signatures, batches(signatures, examples))


def keep_answers(
    folder: Path, signatures: Mapping[str, Served], rows: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write rows and the model's own answers, after a comparison with the exported model.

    Parameters
    ----------
    folder : Path
        The exported SavedModel.
    signatures : mapping of str to Served
        The exported signatures, by name.
    rows : mapping
        The result of `batches`.

    Raises
    ------
    ValueError
        If the exported model answers differently, or the answers cannot be kept.

    Examples
    --------
    >>> import tfpredict
    >>> model = tfpredict.training.cancer.fit()
    >>> folder = tfpredict.export(model.model, tmp_path, examples=model.features[:8])
    >>> (Path(folder) / FILE).is_file()
    True
    """
    messages = []
    for signature, inputs in rows.items():
        answers = check(folder, signature, signatures[signature], inputs)
        for kind, values in (("inputs", inputs), ("outputs", answers)):
            for name, value in values.items():
                array = value.numpy() if hasattr(value, "numpy") else value
                messages.append(_message(f"{signature}/{kind}/{name}", array))
    target = folder / FILE
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"".join(messages))


def _tensors(served: Served, rows: Any, signature: str) -> dict[str, Any]:
    import tensorflow as tf

    ragged = [name for name, spec in served.inputs.items() if not isinstance(spec, tf.TensorSpec)]
    if ragged:
        raise EXPORT_EXAMPLES.error(
            ValueError,
            f"dense tensors as inputs of signature {signature}",
            f"{ragged[0]}, a {type(served.inputs[ragged[0]]).__name__}",
            "Leave examples out.",
        )
    names = list(served.inputs)
    named = _named(rows, names)
    if set(named) != set(names):
        raise EXPORT_EXAMPLES.error(
            ValueError,
            f"one batch for each of the inputs {', '.join(names)} of signature {signature}",
            ", ".join(map(str, named)) or type(rows).__name__,
            "Give one batch for each input.",
        )
    return {name: _tensor(named[name], name, spec) for name, spec in served.inputs.items()}


def _named(rows: Any, names: list[str]) -> dict[str, Any]:
    if isinstance(rows, Mapping) and set(rows) == set(names):
        return dict(rows)
    if isinstance(rows, Mapping) or hasattr(rows, "_fields"):
        # Nested as the model's inputs, and named by the same rule.
        return {keyed(path) or str(path): leaf for path, leaf in leaves(rows)}
    if len(names) == 1:
        return {names[0]: rows}
    if isinstance(rows, Sequence) and len(rows) == len(names):
        return dict(zip(names, rows))
    return {}


def _tensor(values: Any, name: str, spec: Any) -> Any:
    import tensorflow as tf

    shape = "…" if spec.shape.rank is None else ", ".join(_size(size) for size in spec.shape)
    expected = f"examples of {spec.dtype.name}[{shape}] for the input {name}"
    try:
        if not tf.is_tensor(values):
            tensor = tf.constant(values, dtype=spec.dtype)
        else:
            tensor = tf.cast(values, spec.dtype) if values.dtype != spec.dtype else values
    except (TypeError, ValueError) as refused:
        raise EXPORT_EXAMPLES.error(
            ValueError, expected, f"{type(values).__name__}: {refused}", "Give such a batch."
        ) from None
    # Keras and TensorFlow would name a layer or an op, and not the examples.
    if not spec.shape.is_compatible_with(tensor.shape):
        raise EXPORT_EXAMPLES.error(
            ValueError, expected, f"the shape {tensor.shape.as_list()}", "Give such a batch."
        )
    return tensor


def _size(size: int | None) -> str:
    return "?" if size is None else str(size)


def _message(name: str, values: Any) -> bytes:
    import tensorflow as tf
    from tensorflow.core.protobuf.named_tensor_pb2 import NamedTensorProto

    message = NamedTensorProto(name=name)
    message.tensor.dtype = tf.as_dtype(values.dtype).as_datatype_enum
    message.tensor.tensor_shape.CopyFrom(tf.TensorShape(values.shape).as_proto())
    if message.tensor.dtype == tf.string.as_datatype_enum:
        message.tensor.string_val.extend(values.ravel().tolist())
    else:
        message.tensor.tensor_content = values.astype(values.dtype.newbyteorder("<")).tobytes()
    body: bytes = message.SerializeToString()
    return _varint(len(body)) + body


def _varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low]) if rest == 0 else bytes([low | 128]) + _varint(rest)
