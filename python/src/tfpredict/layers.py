"""Lists the layers of a model's signature, and draws them in graphviz's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _jvm
from tfpredict._error_classes import SIGNATURE_NOT_FOUND
from tfpredict._plain import plain
from tfpredict.errors import SignatureException

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

_OPS = 4
_SHAPES = {"input": "ellipse", "layer": "box", "output": "ellipse"}


@dataclass(frozen=True)
class LayerInfo:
    """One box of the drawing.

    Attributes
    ----------
    kind : {"input", "layer", "output"}
        What the box stands for.
    name : str
        An input's or output's name in the signature, or the graph's name of the layer's scope.
    ops : tuple of str
        Kinds of the layer's ops, without constants and ops that only pass values on.
    parameters : int
        Number of elements of the variables that the layer reads.
    inputs : tuple of int
        Indices of the boxes that this one reads.

    Examples
    --------
    >>> LayerInfo("layer", "dense", ("MatMul", "AddV2"), 3, (0,)).parameters
    3
    """

    kind: str
    name: str
    ops: tuple[str, ...]
    parameters: int
    inputs: tuple[int, ...]


def layers(
    path: str | os.PathLike[str],
    *,
    version: int | None = None,
    tags: Sequence[str] = ("serve",),
    signature: str = "serving_default",
) -> tuple[LayerInfo, ...]:
    """List the layers that a signature runs, from the model's files alone.

    Nodes whose names begin with one scope are one layer. The nodes of functions count as the
    caller's. A loop or a branch belongs to its layer.

    Parameters
    ----------
    path : str or path-like
        The model's folder: one of version folders, or one with ``saved_model.pb``.
    version : int, optional
        The version. By default the highest complete one.
    tags : sequence of str
        The tags of the graph.
    signature : str
        The signature.

    Returns
    -------
    tuple of LayerInfo
        Inputs, then layers, then outputs. Each layer comes after those that it reads.

    Raises
    ------
    SignatureException
        If the model has no such signature.
    TfpredictException
        Whatever `tfpredict.inspect` raises.

    Examples
    --------
    >>> [(box.kind, box.name) for box in layers(linear_model)]
    [('input', 'inputs'), ('layer', 'outputs_1'), ('output', 'outputs')]
    """
    found = _jvm.run("layers", path, version, tags)
    if signature not in found:
        raise SIGNATURE_NOT_FOUND.error(
            SignatureException,
            f"one of the signatures {', '.join(sorted(found))}",
            signature,
            "Name one of these.",
            str(path),
        )
    return tuple(
        LayerInfo(
            box["kind"], box["name"], tuple(box["ops"]), box["parameters"], tuple(box["inputs"])
        )
        for box in found[signature]
    )


def dot(boxes: Sequence[LayerInfo], title: str = "") -> str:
    """Return a drawing of layers in graphviz's language. ``dot -Tsvg`` makes a picture of it.

    Parameters
    ----------
    boxes : sequence of LayerInfo
        The result of `layers`.
    title : str
        Heading of the drawing.

    Returns
    -------
    str
        Lines of text.

    Examples
    --------
    >>> print(dot([LayerInfo("input", "x", (), 0, ()), LayerInfo("output", "y", (), 0, (0,))]))
    digraph model {
      rankdir=TB;
      node [fontname="Helvetica", fontsize=11];
      n0 [shape=ellipse, label="x"];
      n1 [shape=ellipse, label="y"];
      n0 -> n1;
    }
    """
    lines = ["digraph model {", "  rankdir=TB;", '  node [fontname="Helvetica", fontsize=11];']
    if title:
        lines.append(f'  labelloc=t; fontname="Helvetica"; label={_quoted(plain(title))};')
    for place, box in enumerate(boxes):
        label = _quoted("\n".join(map(plain, _label(box))))
        lines.append(f"  n{place} [shape={_SHAPES[box.kind]}, label={label}];")
    lines += [
        f"  n{source} -> n{place};" for place, box in enumerate(boxes) for source in box.inputs
    ]
    return "\n".join([*lines, "}"])


def _label(box: LayerInfo) -> list[str]:
    told = [box.name]
    if box.ops:
        more = f" and {len(box.ops) - _OPS} more" if len(box.ops) > _OPS else ""
        told.append(", ".join(box.ops[:_OPS]) + more)
    if box.parameters:
        told.append(f"{box.parameters:,} parameters")
    return told


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
