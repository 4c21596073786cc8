"""What a job's failure becomes in Python: one of this package's exceptions, where it holds one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tfpredict import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.TfpredictException)
}
# Where the class could not be read on the driver, and in what Python raised for the JVM.
_IN_TEXT = re.compile(r"tfpredict\.(?:errors\.)?(\w+Exception): ([^\n]+)")
_DEEPEST = 32
_CLASSES: dict[tuple[type, ...], type] = {}


def install() -> None:
    """Have PySpark convert this package's exceptions as it converts Spark's own.

    PySpark asks the function that is replaced here whatever the JVM threw, in every session.
    """
    from pyspark.errors.exceptions import captured

    pyspark: Any = captured
    before = pyspark.convert_exception
    if getattr(before, "is_of_tfpredict", False):
        return

    def convert(thrown: Any) -> Any:
        converted = before(thrown)
        found = None if isinstance(converted, captured.AnalysisException) else _found(thrown)
        return converted if found is None else _raised(thrown, converted, *found)

    convert.is_of_tfpredict = True  # type: ignore[attr-defined]
    pyspark.convert_exception = convert


def _found(thrown: Any) -> tuple[type[errors.TfpredictException], str] | None:
    """Return the outermost of this package's exceptions: it names the row, those behind do not."""
    texts = []
    cause = thrown
    for _ in range(_DEEPEST):
        if cause is None:
            break
        package, _, name = cause.getClass().getName().rpartition(".")
        message = str(cause.getMessage())
        if package == "tfpredict" and name in KINDS:
            return KINDS[name], message
        texts.append(message)
        cause = cause.getCause()
    return in_texts(texts)


def in_texts(texts: Sequence[str]) -> tuple[type[errors.TfpredictException], str] | None:
    """Return the first of this package's exceptions that is told of in texts."""
    for text in texts:
        for name, sentence in _IN_TEXT.findall(text):
            if name in KINDS:
                return KINDS[name], sentence
    return None


def _raised(
    thrown: Any, converted: Any, kind: type[errors.TfpredictException], sentence: str
) -> Exception:
    from pyspark.errors.exceptions import captured

    from tfpredict import _jvm

    # PySpark lets Py4J's own error pass where it knows of none.
    is_known = not isinstance(converted, captured.UnknownException)
    bases: tuple[type, ...] = (type(converted),)
    if not is_known:
        bases = (captured.CapturedException, _jvm.java_error())
    failure: Any = Exception.__new__(class_of(kind, *bases), sentence)
    # PySpark 4 has these behind an underscore.
    for name, value in (
        ("desc", sentence),
        ("stackTrace", _part(converted, "stackTrace")),
        ("cause", _part(converted, "cause")),
    ):
        setattr(failure, name, value)
        setattr(failure, f"_{name}", value)
    failure._origin = thrown
    failure.java_exception = thrown
    failure.errmsg = sentence
    raised: Exception = failure
    return raised


def _part(converted: Any, name: str) -> Any:
    return getattr(converted, name) if hasattr(converted, name) else getattr(converted, f"_{name}")


def class_of(*bases: type) -> type:
    """Return a class that is each of these, and is shown as the first of them."""
    if bases not in _CLASSES:
        kind = bases[0]
        # Shown as the class that a reader looks for. PySpark's text has the stack trace in it.
        inside = {
            "__str__": lambda failure: failure.desc,
            "__module__": kind.__module__,
            "__qualname__": kind.__qualname__,
            "__doc__": kind.__doc__,
        }
        _CLASSES[bases] = type(kind.__name__, bases, inside)
    return _CLASSES[bases]
