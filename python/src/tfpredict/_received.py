"""Turns a Connect server's failures into this package's exceptions."""

from __future__ import annotations

from typing import Any

from tfpredict import _captured, _error_classes, errors


def install() -> None:
    """Have PySpark's Connect client convert this package's exceptions as it does Spark's own.

    The client calls the function that is replaced here for each failure, in every session.
    """
    from pyspark.errors.exceptions import connect
    from pyspark.sql.connect.client import core

    client: Any = core
    before = client.convert_exception
    if getattr(before, "is_of_tfpredict", False):
        return

    def convert(info: Any, message: str, details: Any, *rest: Any, **named: Any) -> Any:
        converted = before(info, message, details, *rest, **named)
        if isinstance(converted, connect.AnalysisException):
            return converted
        found = _found(info, message, details)
        return converted if found is None else _raised(converted, found)

    convert.is_of_tfpredict = True  # type: ignore[attr-defined]
    client.convert_exception = convert


def _found(info: Any, message: str, details: Any) -> _captured.Found | None:
    """Return the outermost of this package's exceptions: it names the row, those behind do not."""
    # The failure and its causes, where the server tells of them; else it alone, cut short.
    causes = [] if details is None else details.errors
    chain = [
        (cause.error_type_hierarchy[:1], cause.spark_throwable.error_class, cause.message)
        for cause in causes
    ]
    chain = chain or [([info.reason], info.metadata.get("errorClass", ""), message)]
    for classes, error_class, text in chain:
        package, _, name = "".join(classes).rpartition(".")
        if package == "tfpredict" and name in _captured.KINDS:
            told = error_class or _captured.class_in(text)
            return _captured.Found(_captured.KINDS[name], told, text)
    return _captured.in_texts([text for *_, text in chain])


def _raised(converted: Any, found: _captured.Found) -> errors.TfpredictException:
    from pyspark.errors import UnknownException
    from pyspark.errors.exceptions import connect

    # For a class that PySpark does not know, it puts the class name before the sentence.
    is_known = not isinstance(converted, UnknownException)
    base = type(converted) if is_known else connect.SparkConnectGrpcException
    failure: Any = Exception.__new__(_captured.class_of(found.kind, base), found.sentence)
    vars(failure).update(vars(converted))
    failure._message = found.sentence
    failure.desc = found.sentence
    raised: errors.TfpredictException = _error_classes.marked(failure, found.error_class)
    return raised
