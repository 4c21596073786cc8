"""Finds ops of a SavedModel that reach files, the network, Python or devices.

TensorFlow runs some of a model's ops when Python loads it. So an unknown model is checked first.
"""

from __future__ import annotations

import functools
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE = "tfpredict/op-classes-1.15.0.tsv"

# For ops that are newer than the table.
_NEWER = re.compile(r"File|Snapshot|(Save|Load|List)Dataset|Rpc|PyFunc|Checkpoint")


def refuse_reaching(folder: Path) -> None:
    """Refuse a SavedModel with ops that could reach outside when it is loaded.

    Ops that only saving runs are allowed. Restoring reads the model's own variables.

    Parameters
    ----------
    folder : Path
        The folder with ``saved_model.pb``.

    Raises
    ------
    ValueError
        If it is not a SavedModel, or has such an op. The message names the op and its node.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    file = folder / "saved_model.pb"
    try:
        model = SavedModel.FromString(file.read_bytes())
    except DecodeError as failed:
        raise EXPORT_FILE.error(
            ValueError, f"a SavedModel in {file}", f"{failed}", "Copy or export the model again."
        ) from failed
    for graph in model.meta_graphs:
        for node in _nodes(graph):
            does = _does(node.op)
            if does is not None:
                raise EXPORT_FILE.error(
                    ValueError,
                    f"a model in {folder} that reaches nothing outside",
                    f"op {node.op} at node {node.name}, which {does}",
                    "If you trust the model, load it with tf.saved_model.load, and export the "
                    "result with tfpredict.export.",
                )


def _nodes(graph: Any) -> Iterator[Any]:
    """Give the nodes of a graph and its functions, without those that only saving runs."""
    functions = {found.signature.name: found.node_def for found in graph.graph_def.library.function}
    nodes = {node.name: node for node in graph.graph_def.node}
    saving = _reached([graph.saver_def.save_tensor_name], nodes)
    others = [node for name, node in nodes.items() if name not in saving]
    of_saving = _called([nodes[name] for name in saving], functions)
    of_others = _called(others, functions)
    yield from others
    for name, body in functions.items():
        if name in of_others or name not in of_saving:
            yield from body


def _reached(tensors: list[str], nodes: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    pending = [_node(tensor) for tensor in tensors]
    while pending:
        name = pending.pop()
        if name in nodes and name not in found:
            found.add(name)
            pending.extend(_node(tensor) for tensor in nodes[name].input)
    return found


def _called(nodes: list[Any], functions: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        attributes = [name for value in node.attr.values() for name in _names(value)]
        for name in [node.op, *attributes]:
            if name in functions and name not in found:
                found.add(name)
                pending.extend(functions[name])
    return found


def _names(value: Any) -> list[str]:
    return [value.func.name, *(function.name for function in value.list.func)]


def _node(tensor: str) -> str:
    return tensor.lstrip("^").split(":")[0]


def _does(op: str) -> str | None:
    known = _classes().get(op)
    if known is None:
        return "could reach files or the network" if _NEWER.search(op) else None
    return known or None


@functools.cache
def _classes() -> dict[str, str]:
    """Return for each op of the runtime what it does outside; an empty text for nothing."""
    from tfpredict.session import any_jar

    with zipfile.ZipFile(any_jar()) as jar:
        table = jar.read(_TABLE).decode("utf-8")
    found = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            op, group, *rest = line.split("\t")
            found[op] = rest[1] if group in ("reach", "program") and len(rest) > 1 else ""
    return found
