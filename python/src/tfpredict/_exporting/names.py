"""Handles names of inputs that TensorFlow's functions cannot have as arguments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# TensorFlow replaces other characters, and treats `A` and `a` as the same name.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")


def are_plain(names: Iterable[str]) -> bool:
    """Return whether TensorFlow keeps these names of arguments unchanged.

    Examples
    --------
    >>> are_plain(["x", "image_1"]), are_plain(["age (years)"]), are_plain(["A", "a"])
    (True, False, False)
    """
    named = list(names)
    return all(_PLAIN.fullmatch(name) and name != "self" for name in named) and len(
        {_cut(name) for name in named}
    ) == len(named)


def arguments(names: Iterable[str]) -> list[str]:
    """Return names that TensorFlow's functions can have, unchanged where possible.

    Examples
    --------
    >>> arguments(["x", "age (years)", "age [years]", "X"])
    ['x', 'arg_age__years_', 'arg_age__years__1', 'arg_X']
    """
    wanted = list(names)
    if are_plain(wanted):
        return wanted
    found: list[str] = []
    taken: set[str] = set()
    for name in wanted:
        free = are_plain([name]) and _cut(name) not in taken
        stem = name if free else "arg_" + re.sub(r"[^A-Za-z0-9_]", "_", name)
        chosen, number = stem, 0
        while _cut(chosen) in taken:
            number += 1
            chosen = f"{stem}_{number}"
        taken.add(_cut(chosen))
        found.append(chosen)
    return found


def rename(folder: Path, names: Mapping[str, Mapping[str, str]]) -> None:
    """Rename the inputs of a SavedModel's signatures from the arguments' names to their own.

    Parameters
    ----------
    folder : Path
        A SavedModel that was just written.
    names : mapping
        For each signature, the inputs' names by the arguments' names.

    Examples
    --------
    >>> rename(tmp_path, {"serving_default": {"x": "x"}})
    """
    changed = {
        signature: {argument: name for argument, name in named.items() if argument != name}
        for signature, named in names.items()
    }
    if not any(changed.values()):
        return
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    file = folder / "saved_model.pb"
    model = SavedModel.FromString(file.read_bytes())
    for graph in model.meta_graphs:
        for signature, named in changed.items():
            inputs = graph.signature_def[signature].inputs
            tensors = {argument: inputs[argument] for argument in named}
            for argument in named:
                del inputs[argument]
            for argument, name in named.items():
                inputs[name].CopyFrom(tensors[argument])
    file.write_bytes(model.SerializeToString(deterministic=True))


def _cut(name: str) -> str:
    return re.sub(r"\W", "_", name).lower()
