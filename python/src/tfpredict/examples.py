"""Examples that are kept with a model: input rows, and TensorFlow's own answers to them.

They stand in ``assets.extra/tfpredict_examples.pb``, a stream of length-prefixed
``NamedTensorProto`` messages named ``signature/inputs/name`` and ``signature/outputs/name``, which
the JVM reads without TensorFlow. Needs TensorFlow (the extra ``train``), not Spark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FILE = Path("assets.extra") / "tfpredict_examples.pb"


def keep(folder: Path, examples: Any) -> None:
    """Run a SavedModel on some rows and write them, with its answers, into its folder.

    Parameters
    ----------
    folder : Path
        A SavedModel, as it was just written.
    examples : array, sequence or mapping
        As `tfpredict.export` takes them.

    Raises
    ------
    ValueError
        If they do not fit the model's signatures.

    Examples
    --------
    >>> import numpy as np, tfpredict
    >>> model = tfpredict.training.cancer.fit()
    >>> folder = tfpredict.export(model.model, tmp_path, examples=model.features[:8])
    >>> (Path(folder) / FILE).is_file()
    True
    """
    import tensorflow as tf

    functions = {
        name: function
        for name, function in tf.saved_model.load(str(folder)).signatures.items()
        if not name.startswith("__")
    }
    by_signature = examples if len(functions) > 1 else {next(iter(functions)): examples}
    if not isinstance(by_signature, Mapping) or not set(by_signature) <= set(functions):
        raise ValueError(
            f"examples: expected a mapping by some of the signatures {', '.join(sorted(functions))}"
        )
    messages = []
    for signature, rows in by_signature.items():
        function = functions[signature]
        inputs = _inputs(function, rows, signature)
        for kind, tensors in (("inputs", inputs), ("outputs", function(**inputs))):
            for name, tensor in tensors.items():
                messages.append(_message(f"{signature}/{kind}/{name}", tensor.numpy()))
    target = folder / FILE
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"".join(messages))


def _inputs(function: Any, rows: Any, signature: str) -> dict[str, Any]:
    import tensorflow as tf

    specs = function.structured_input_signature[1]
    if isinstance(rows, Mapping):
        named = dict(rows)
    elif len(specs) == 1:
        named = dict.fromkeys(specs, rows)
    elif isinstance(rows, Sequence) and len(rows) == len(specs):
        named = dict(zip(sorted(specs), rows))
    else:
        named = {}
    if set(named) != set(specs):
        raise ValueError(
            f"examples for signature {signature}: expected one batch for each of the inputs "
            f"{', '.join(sorted(specs))}, found {', '.join(map(str, named)) or type(rows).__name__}"
        )
    return {name: tf.constant(named[name], dtype=spec.dtype) for name, spec in specs.items()}


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
