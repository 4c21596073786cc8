"""Finds the tensors of a frozen graph by name, and suggests others."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_TENSORS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SHOWN = 10

PLACEHOLDERS = ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")

# Last nodes of a graph that are not results.
_NO_RESULTS = ("Const", "NoOp", "Assert", *PLACEHOLDERS, "VarHandleOp", "VariableV2")


def named(tensors: Iterable[str], kind: str) -> dict[str, str]:
    """Return tensors by their names in the signature: given with ``=``, or the op's.

    Parameters
    ----------
    tensors : iterable of str
        Such as ``x:0``, ``x`` or ``features=import/x:0``.
    kind : str
        For the error: ``inputs`` or ``outputs``.

    Raises
    ------
    ValueError
        If two have the same name, or an input is given twice.

    Examples
    --------
    >>> named(["import/x:0", "mask", "label=y:1"], "inputs")
    {'import_x': 'import/x:0', 'mask': 'mask:0', 'label': 'y:1'}
    """
    found: dict[str, str] = {}
    for word in tensors:
        name, _, tensor = word.rpartition("=")
        op, _, index = tensor.partition(":")
        index = index or "0"
        if not op or not index.isdecimal():
            raise EXPORT_TENSORS.error(
                ValueError,
                f"tensors such as x:0 or name=x:0 for {kind}",
                repr(word),
                "Write it in this form.",
            )
        shown = name or re.sub(r"\W", "_", op) + ("" if index == "0" else f"_{index}")
        if shown in found:
            raise EXPORT_TENSORS.error(
                ValueError,
                f"different names for {kind}",
                f"{shown} twice",
                f"Give them names, such as {shown}_1={tensor}.",
            )
        if kind == "inputs" and f"{op}:{index}" in found.values():
            raise EXPORT_TENSORS.error(
                ValueError, "each tensor once for inputs", f"{op}:{index} twice", "Remove one."
            )
        found[shown] = f"{op}:{index}"
    return found


def check(graph: Any, file: Path, tensors: Iterable[str], kind: str) -> None:
    """Refuse names that are not tensors of a graph.

    Raises
    ------
    ValueError
        Saying which tensors have near names.

    Examples
    --------
    >>> import tensorflow as tf
    >>> with tf.Graph().as_default() as graph:
    ...     x = tf.compat.v1.placeholder(tf.float32, [None], name="x_in")
    >>> check(graph, "net.pb", ["xin:0"], "inputs")
    Traceback (most recent call last):
    ...
    ValueError: [TFPREDICT_EXPORT_TENSORS] ... Found: no tensor xin:0 there. \
Fix: Did you mean x_in:0?
    """
    known = {output.name for op in graph.get_operations() for output in op.outputs}
    for tensor in tensors:
        if tensor not in known:
            near = difflib.get_close_matches(tensor, known, n=3, cutoff=0.6)
            hint = (
                f"Did you mean {' or '.join(near)}?" if near else "Name one of the graph's tensors."
            )
            raise EXPORT_TENSORS.error(
                ValueError, f"tensors of {file} for {kind}", f"no tensor {tensor} there", hint
            )


def listed(graph: Any, file: Path) -> str:
    """List a graph's possible inputs and outputs, with the command that names them.

    Examples
    --------
    >>> import tensorflow as tf
    >>> with tf.Graph().as_default() as graph:
    ...     x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="x")
    ...     y = tf.multiply(x, 2.0, name="y")
    >>> print(listed(graph, "net.pb"))
    Name its inputs and outputs. Placeholders: x:0 float32[?, 2]. Last nodes: y:0 float32[?, 2]. \
For instance: tfpredict export net.pb FOLDER --inputs x:0 --outputs y:0
    """
    placeholders = [
        output for op in graph.get_operations() if op.type in PLACEHOLDERS for output in op.outputs
    ]
    last = [
        output
        for op in graph.get_operations()
        if op.type not in _NO_RESULTS and not any(output.consumers() for output in op.outputs)
        for output in op.outputs
    ]
    needed = [tensor for tensor in placeholders if tensor.op.type != "PlaceholderWithDefault"]
    inputs = ",".join(tensor.name for tensor in needed or placeholders) or "x:0"
    return (
        f"Name its inputs and outputs. Placeholders: {_shown(placeholders)}. "
        f"Last nodes: {_shown(last)}. For instance: tfpredict export {file} FOLDER "
        f"--inputs {inputs} --outputs {last[-1].name if last else 'y:0'}"
    )


def described(tensor: Any) -> str:
    """Return a tensor's name, dtype and shape, for messages.

    Examples
    --------
    >>> import tensorflow as tf
    >>> with tf.Graph().as_default():
    ...     described(tf.compat.v1.placeholder(tf.int32, [None, 3], name="ids"))
    'ids:0 int32[?, 3]'
    """
    shape = tensor.shape
    dims = (
        "any rank"
        if shape.rank is None
        else ", ".join("?" if size is None else str(size) for size in shape.as_list())
    )
    return f"{tensor.name} {tensor.dtype.base_dtype.name}[{dims}]"


def _shown(tensors: list[Any]) -> str:
    if not tensors:
        return "none"
    more = f" and {len(tensors) - _SHOWN} more" if len(tensors) > _SHOWN else ""
    return ", ".join(described(tensor) for tensor in tensors[-_SHOWN:]) + more
