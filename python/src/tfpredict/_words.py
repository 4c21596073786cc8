"""Checks arguments before they reach the JVM, whose own errors would be unclear."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tfpredict._columns import as_column
from tfpredict._error_classes import ARGUMENT_NAME, ARGUMENT_TYPE, ARGUMENT_VALUE

if TYPE_CHECKING:
    from pyspark.sql import Column


def path_of(path: object) -> str:
    """Return a model's path as a string."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str):
        raise _type("a str or a path, the folder of a model, for path", path)
    if not text:
        raise _value("the folder of a model for path", path)
    return text


def name_of(what: str, name: object) -> str:
    """Return a name that is a string."""
    if not isinstance(name, str):
        raise _type(f"a str for {what}", name)
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
    raise _type(f"a sequence of str for {what}, such as {example}", values)


def version_of(version: object) -> int | str | None:
    """Return a version: a number, ``latest``, or None."""
    if version is None or (isinstance(version, str) and version == "latest"):
        return version
    expected = "a number, 'latest' or None for version"
    if isinstance(version, str):
        raise _value(expected, version)
    number = _number(version, expected)
    if number < 0:
        raise _value(expected, version)
    return number


def batch_size_of(batch_size: object) -> int | None:
    """Return the maximum number of rows of a batch, or None."""
    if batch_size is None:
        return None
    expected = "at least 1, or None, for batch_size"
    rows = _number(batch_size, expected)
    if not 1 <= rows < 2**31:
        raise _value(expected, batch_size)
    return rows


def _number(value: object, expected: str) -> int:
    if not isinstance(value, bool):
        try:
            return operator.index(value)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise _type(expected, value)


def _type(expected: str, found: object) -> TypeError:
    return ARGUMENT_TYPE.error(TypeError, expected, repr(found), "Pass a value of this type.")


def _value(expected: str, found: object) -> ValueError:
    return ARGUMENT_VALUE.error(ValueError, expected, repr(found), "Pass such a value.")


def on_error_of(on_error: object) -> str:
    """Return the handling of rejected rows: ``fail``, ``null`` or ``struct``."""
    if not isinstance(on_error, str) or on_error not in ("fail", "null", "struct"):
        raise _value("'fail', 'null' or 'struct' for on_error", on_error)
    return on_error


def flag_of(what: str, value: object) -> bool:
    """Return a flag that is True or False."""
    if not isinstance(value, bool):
        raise _type(f"True or False for {what}", value)
    return value


def options_of(
    version: object,
    tags: object,
    signature: object,
    outputs: object,
    batch_size: object,
    on_error: object,
    model_version: object,
) -> dict[str, Any]:
    """Return a call's options by the names of the settings. None stands for the default."""
    return {
        "version": version_of(version),
        "tags": tags_of(tags),
        "signature": name_of("signature", signature),
        "outputs": outputs_of(outputs),
        "batchSize": batch_size_of(batch_size),
        "onError": on_error_of(on_error),
        "modelVersion": flag_of("model_version", model_version),
    }


def columns_of(
    columns: tuple[Any, ...], inputs: Mapping[str, Any]
) -> tuple[list[Column], list[str]]:
    """Return columns, first those by position, and the inputs' names for the others."""
    named = dict(inputs)
    places: dict[str, object] = {name: name for name in named}
    if len(columns) == 1 and isinstance(columns[0], Mapping):
        twice = sorted(set(columns[0]) & set(named))
        if twice:
            raise ARGUMENT_NAME.error(
                TypeError,
                "each input once",
                f"{twice[0]} twice, in the dict and by keyword",
                "Remove one of the two.",
            )
        # The dict is argument 1.
        places = {name: places.get(name, 1) for name in [*columns[0], *named]}
        named = {**columns[0], **named}
        columns = ()
    for name in named:
        if not isinstance(name, str):
            raise _type("a str as the name of an input", name)
    positional = [as_column(value, place) for place, value in enumerate(columns, 1)]
    return positional + [as_column(value, places[name]) for name, value in named.items()], list(
        named
    )
