"""What a model's signatures run, a layer at a time, and a drawing of it in graphviz's language."""

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
        What it stands for.
    name : str
        Of an input or output in the signature; of a layer as the graph names its scope.
    ops : tuple of str
        A layer's ops, each kind once, without constants and what only hands values on.
    parameters : int
        Elements of the variables that the layer reads.
    inputs : tuple of int
        The places, among the boxes, of those that this one reads.

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
    """Tell what a signature runs, a layer at a time, from the model's files alone.

    Nodes whose names begin with one scope are one layer. Functions are looked through; a loop or a
    branch is inside its layer.

    Parameters
    ----------
    path : str or path-like
        A folder of version folders, or one that holds ``saved_model.pb``.
    version : int, optional
        The version to look at; by default the highest complete one.
    tags : sequence of str
        The tags of the graph.
    signature : str
        Which one.

    Returns
    -------
    tuple of LayerInfo
        Inputs, then layers, each behind those that it reads, then outputs.

    Raises
    ------
    SignatureException
        If there is no such signature.
    TfpredictException
        As `tfpredict.inspect` does.

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
    """Draw layers in graphviz's language, which ``dot -Tsvg`` turns into a picture.

    Parameters
    ----------
    boxes : sequence of LayerInfo
        What `layers` gave.
    title : str
        Stands above the drawing.

    Returns
    -------
    str
        Whole lines.

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
