"""Checks arguments before they reach the JVM, whose own errors would be unclear."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tfpredict._columns import as_column

if TYPE_CHECKING:
    from pyspark.sql import Column


def path_of(path: object) -> str:
    """Return a model's path as a string."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str):
        raise TypeError(f"path is {path!r}: expected a str or a path, the folder of a model")
    if not text:
        raise ValueError("path is empty: expected the folder of a model")
    return text


def name_of(what: str, name: object) -> str:
    """Return a name that is a string."""
    if not isinstance(name, str):
        raise TypeError(f"{what} is {name!r}: expected a str")
    return name


def tags_of(tags: object) -> list[str]:
    """Return a graph's tags. One string may hold several, as ``saved_model_cli`` prints them."""
    if isinstance(tags, str):
        return [tag.strip() for tag in tags.split(",") if tag.strip()]
    return _names("tags", tags, "('serve', 'gpu') or 'serve,gpu'")


def outputs_of(outputs: object) -> list[str]:
    """Return outputs' names. One string is one output, and None means all."""
    if outputs is None:
        return []
    return [outputs] if isinstance(outputs, str) else _names("outputs", outputs, "('y', 'loss')")


def _names(what: str, values: object, example: str) -> list[str]:
    if isinstance(values, Iterable) and not isinstance(values, (bytes, Mapping)):
        names = list(values)
        if all(isinstance(name, str) for name in names):
            return names
    raise TypeError(f"{what} is {values!r}: expected a sequence of str, such as {example}")


def version_of(version: object) -> int | str | None:
    """Return a version: a number, ``latest``, or None."""
    if version is None or (isinstance(version, str) and version == "latest"):
        return version
    expected = "a number, 'latest' or None"
    if isinstance(version, str):
        raise ValueError(f"version is {version!r}: expected {expected}")
    number = _number("version", version, expected)
    if number < 0:
        raise ValueError(f"version is {version!r}: expected {expected}")
    return number


def batch_size_of(batch_size: object) -> int | None:
    """Return the maximum number of rows of a batch, or None."""
    if batch_size is None:
        return None
    rows = _number("batch_size", batch_size, "at least 1, or None")
    if not 1 <= rows < 2**31:
        raise ValueError(f"batch_size is {batch_size}: expected at least 1, or None")
    return rows


def _number(what: str, value: object, expected: str) -> int:
    if not isinstance(value, bool):
        try:
            return operator.index(value)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise TypeError(f"{what} is {value!r}: expected {expected}")


def on_error_of(on_error: object) -> str:
    """Return the handling of rejected rows: ``fail``, ``null`` or ``struct``."""
    if not isinstance(on_error, str) or on_error not in ("fail", "null", "struct"):
        raise ValueError(f"on_error is {on_error!r}: expected 'fail', 'null' or 'struct'")
    return on_error


def flag_of(what: str, value: object) -> bool:
    """Return a flag that is True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{what} is {value!r}: expected True or False")
    return value


def columns_of(
    columns: tuple[Any, ...], inputs: Mapping[str, Any]
) -> tuple[list[Column], list[str]]:
    """Return columns, first those by position, and the inputs' names for the others."""
    named = dict(inputs)
    places: dict[str, object] = {name: name for name in named}
    if len(columns) == 1 and isinstance(columns[0], Mapping):
        twice = sorted(set(columns[0]) & set(named))
        if twice:
            raise TypeError(f"the input {twice[0]} is given twice, in the dict and by keyword")
        # The dict is argument 1.
        places = {name: places.get(name, 1) for name in [*columns[0], *named]}
        named = {**columns[0], **named}
        columns = ()
    for name in named:
        if not isinstance(name, str):
            raise TypeError(f"an input is called {name!r}: expected a str")
    positional = [as_column(value, place) for place, value in enumerate(columns, 1)]
    return positional + [as_column(value, places[name]) for name, value in named.items()], list(
        named
    )
