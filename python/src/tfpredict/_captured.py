"""Turns a job's failure into one of this package's exceptions, if it has one as a cause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tfpredict import _error_classes, errors

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.TfpredictException)
}
# For texts: the driver could not read the class, or Python raised the exception for the JVM.
_IN_TEXT = re.compile(r"tfpredict\.(?:errors\.)?(\w+Exception): ([^\n]+)")
_CLASS_IN_TEXT = re.compile(r"\[(TFPREDICT_[A-Z_]+)\]")
_DEEPEST = 32
_CLASSES: dict[tuple[type, ...], type] = {}


class Found(NamedTuple):
    """One of this package's exceptions, as Spark tells of it."""

    kind: type[errors.TfpredictException]
    error_class: str | None
    sentence: str


def install() -> None:
    """Have PySpark convert this package's exceptions as it converts Spark's own.

    PySpark calls the function that is replaced here for each exception, in every session.
    """
    from pyspark.errors.exceptions import captured

    pyspark: Any = captured
    before = pyspark.convert_exception
    if getattr(before, "is_of_tfpredict", False):
        return

    def convert(thrown: Any) -> Any:
        converted = before(thrown)
        found = None if isinstance(converted, captured.AnalysisException) else _found(thrown)
        return converted if found is None else _raised(thrown, converted, found)

    convert.is_of_tfpredict = True  # type: ignore[attr-defined]
    pyspark.convert_exception = convert


def error_class_of(thrown: Any) -> str | None:
    """Return the error class that an exception of the JVM has, or None."""
    asked = getattr(thrown, "getErrorClass", None)
    name = None if asked is None else asked()
    return None if name is None else str(name)


def _found(thrown: Any) -> Found | None:
    """Return the outermost of this package's exceptions: it names the row, those behind do not."""
    texts = []
    cause = thrown
    for _ in range(_DEEPEST):
        if cause is None:
            break
        package, _, name = cause.getClass().getName().rpartition(".")
        message = str(cause.getMessage())
        if package == "tfpredict" and name in KINDS:
            return Found(KINDS[name], error_class_of(cause), message)
        texts.append(message)
        cause = cause.getCause()
    return in_texts(texts)


def in_texts(texts: Sequence[str]) -> Found | None:
    """Return the first of this package's exceptions that is told of in texts."""
    for text in texts:
        for name, sentence in _IN_TEXT.findall(text):
            if name in KINDS:
                return Found(KINDS[name], class_in(sentence), sentence)
    return None


def class_in(sentence: str) -> str | None:
    """Return the error class that a sentence begins with, where only the sentence is known.

    Examples
    --------
    >>> class_in("[TFPREDICT_INPUT_NULL] An array contains a null.")
    'TFPREDICT_INPUT_NULL'
    """
    begun = _CLASS_IN_TEXT.match(sentence)
    return begun[1] if begun else None


def _raised(thrown: Any, converted: Any, found: Found) -> Exception:
    from pyspark.errors.exceptions import captured

    from tfpredict import _jvm

    # For an exception that it does not know, PySpark raises Py4J's own error.
    is_known = not isinstance(converted, captured.UnknownException)
    bases: tuple[type, ...] = (type(converted),)
    if not is_known:
        bases = (captured.CapturedException, _jvm.java_error())
    failure: Any = Exception.__new__(class_of(found.kind, *bases), found.sentence)
    # PySpark 4 has these behind an underscore.
    for name, value in (
        ("desc", found.sentence),
        ("stackTrace", _part(converted, "stackTrace")),
        ("cause", _part(converted, "cause")),
    ):
        setattr(failure, name, value)
        setattr(failure, f"_{name}", value)
    failure._origin = thrown
    failure.java_exception = thrown
    failure.errmsg = found.sentence
    raised: Exception = _error_classes.marked(failure, found.error_class)
    return raised


def _part(converted: Any, name: str) -> Any:
    return getattr(converted, name) if hasattr(converted, name) else getattr(converted, f"_{name}")


def class_of(*bases: type) -> type:
    """Return a class that inherits from all of these, and has the name of the first."""
    if bases not in _CLASSES:
        kind = bases[0]
        # The name that readers search for. PySpark's own text would include the stack trace.
        inside = {
            "__str__": lambda failure: failure.desc,
            "__module__": kind.__module__,
            "__qualname__": kind.__qualname__,
            "__doc__": kind.__doc__,
            # Another process has no part of the JVM, so there it is an exception of the kind alone.
            "__reduce__": lambda failure: (
                _error_classes.restored,
                (kind, failure.desc, failure.error_class),
            ),
        }
        _CLASSES[bases] = type(kind.__name__, bases, inside)
    return _CLASSES[bases]
