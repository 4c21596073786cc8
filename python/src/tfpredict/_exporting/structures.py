"""Flattens nested tensors of a model's inputs and outputs, and names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable


class Index(int):
    """An index in a list or a tuple, as opposed to a key that is a number.

    Examples
    --------
    >>> Index(1) + 1
    2
    """


Path = tuple[Any, ...]
"""The keys, fields and indices that lead to a tensor."""


def leaves(structure: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give the leaves of nested dicts, lists, tuples and named tuples, in their own order.

    None is left out.

    Examples
    --------
    >>> list(leaves({"b": [1, 2], "a": None}))
    [(('b', 0), 1), (('b', 1), 2)]
    """
    if structure is None:
        return
    inside = _inside(structure)
    if inside is None:
        yield path, structure
    else:
        for step, part in inside:
            yield from leaves(part, (*path, step))


def mapped(structure: Any, change: Callable[[Path, Any], Any], path: Path = ()) -> Any:
    """Return a structure of the same form with other leaves. Mappings become plain dicts.

    Examples
    --------
    >>> mapped({"b": [1, 2]}, lambda path, leaf: leaf * 10)
    {'b': [10, 20]}
    """
    if structure is None:
        return None
    inside = _inside(structure)
    if inside is None:
        return change(path, structure)
    parts = [(step, mapped(part, change, (*path, step))) for step, part in inside]
    if isinstance(structure, Mapping):
        return dict(parts)
    values = [part for _, part in parts]
    if hasattr(structure, "_fields"):
        return type(structure)(*values)
    return tuple(values) if isinstance(structure, tuple) else values


def keyed(path: Path) -> str | None:
    """Return a tensor's name from the keys that lead to it; None if there is no key.

    Indices before the first key are left out.

    Examples
    --------
    >>> keyed((Index(0), "scores", Index(1))), keyed((Index(1),))
    ('scores_1', None)
    """
    first = next((i for i, step in enumerate(path) if not isinstance(step, Index)), None)
    return None if first is None else "_".join(map(str, path[first:]))


def placed(prefix: str, path: Path) -> str:
    """Return the name of a tensor that only indices lead to.

    Examples
    --------
    >>> placed("output", (Index(0), Index(2)))
    'output_0_2'
    """
    return "_".join([prefix, *map(str, path)])


def distinct(named: list[tuple[str, Path]], kind: str) -> list[str]:
    """Return the names. Refuse two that are the same.

    Examples
    --------
    >>> distinct([("a_b", ("a", "b")), ("a_b", ("a_b",))], "outputs")
    Traceback (most recent call last):
    ...
    ValueError: [TFPREDICT_EXPORT_MODEL] ... Found: a_b for ['a']['b'] and for ['a_b']. \
Fix: Rename a key.
    """
    seen: dict[str, Path] = {}
    for name, path in named:
        if name in seen:
            raise EXPORT_MODEL.error(
                ValueError,
                f"different names for {kind}",
                f"{name} for {_shown(seen[name])} and for {_shown(path)}",
                "Rename a key.",
            )
        seen[name] = path
    return list(seen)


def _inside(structure: Any) -> list[tuple[Any, Any]] | None:
    if isinstance(structure, Mapping):
        return list(structure.items())
    if hasattr(structure, "_fields"):
        return list(zip(structure._fields, structure))
    if isinstance(structure, (list, tuple)):
        return [(Index(place), part) for place, part in enumerate(structure)]
    return None


def _shown(path: Path) -> str:
    steps = (str(int(step)) if isinstance(step, Index) else repr(step) for step in path)
    return "".join(f"[{step}]" for step in steps) or "the tensor itself"
