"""Calls Spark's side: the JVM beside a classic session, or a Connect server's plugins."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tfpredict import _connect, _error_classes, _jvm, errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import Column, SparkSession


def active_session() -> SparkSession:
    """Return the active SparkSession. Raise if there is none."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        # A session is active only in the thread that made it. Other threads, such as those of
        # Spark ML's tuning, get the same session.
        session = _classic() or _remote()
    if session is None:
        raise _error_classes.NO_SESSION.error(
            errors.TfpredictException,
            "an active SparkSession",
            "none",
            "Create one with tfpredict.configure(SparkSession.builder).getOrCreate().",
        )
    return session


def call(spark: SparkSession, method: str, *arguments: Any) -> Any:
    """Call one method of ``PythonApi``, for either kind of session.

    Parameters
    ----------
    spark : SparkSession
        Classic or of Spark Connect.
    method : str
        The method's name.
    *arguments
        Plain Python values, the SparkSession, and lists and dicts of these.
    """
    return _door(spark).call(spark, method, *arguments)


def predict(spark: SparkSession, path: str, *call: Any) -> Column:
    """Return a prediction as a column.

    Parameters
    ----------
    spark : SparkSession
        Classic or of Spark Connect.
    path : str
        The model.
    *call
        Columns, the names of the inputs that the last of them are, and options.
    """
    if _connect.is_connect(spark):
        return _connect.predict(spark, path, *call)
    from pyspark.sql import Column

    return Column(_jvm.call(spark, "predict", path, *call))


def check(spark: SparkSession) -> None:
    """Refuse a session whose Spark has no tfpredict jar, or one of another version."""
    _door(spark).check(spark)


@contextmanager
def explained(spark: SparkSession) -> Iterator[None]:
    """Turn exceptions of Spark's own wrappers into this package's, inside a block."""
    if _connect.is_connect(spark):
        yield  # PySpark's client does it, after the session was checked
    else:
        with _jvm.explained():
            yield


def _door(spark: SparkSession) -> Any:
    return _connect if _connect.is_connect(spark) else _jvm


def _classic() -> SparkSession | None:
    try:
        from pyspark import SparkContext
    except ImportError:  # the package pyspark-client, which has no classic sessions
        return None
    if SparkContext._active_spark_context is None:
        return None
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()


def _remote() -> SparkSession | None:
    # An import would need gRPC. If there is such a session, the module is loaded already.
    module: Any = sys.modules.get("pyspark.sql.connect.session")
    return None if module is None else module.SparkSession._default_session
