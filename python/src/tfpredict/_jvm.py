"""Calls the JVM. No other module does; `_doors` chooses between this and `_connect`."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict import _captured, _connect, _error_classes, _java, _words, errors
from tfpredict._children import children
from tfpredict._version import __version__
from tfpredict._versions import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import SparkSession

_PACKAGE = "tfpredict."
# A JVM of a few seconds: the compiler's second stage and a parallel collector take as much
# processor time as the command itself.
_SHORT_LIFE = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def call(spark: SparkSession, method: str, *arguments: Any) -> Any:
    """Call one method of the JVM's ``PythonApi``. Its exceptions become this package's.

    Lists and tuples become a ``java.util.List``. A dict becomes a ``java.util.Map``, without the
    entries that are None. A SparkSession and a Column become the JVM's own.

    Parameters
    ----------
    spark : SparkSession
        A classic session, which has a JVM beside it.
    method : str
        The method's name.
    *arguments
        Plain Python values, Columns, the SparkSession, and lists and dicts of these.
    """
    api = _api(spark)
    with explained():
        return getattr(api, method)(*(_as_java(spark, argument) for argument in arguments))


def check(spark: SparkSession) -> None:
    """Refuse a session whose JVM has no tfpredict jar, or one of another version."""
    _api(spark)


@contextmanager
def explained() -> Iterator[None]:
    """Turn exceptions of Spark's own wrappers into this package's, inside a block."""
    try:
        yield
    except java_error() as failed:
        if isinstance(failed, errors.TfpredictException):
            raise
        thrown: Any = failed
        known = _translated(thrown.java_exception)
        if known is None:
            raise
        raise known from None


def java_error() -> type[Exception]:
    """Return the class that Py4J raises for an exception of the JVM."""
    from py4j.protocol import Py4JJavaError

    kind: type[Exception] = Py4JJavaError
    return kind


def run(
    command: str,
    path: str | os.PathLike[str],
    version: int | None,
    tags: str | Sequence[str],
    *words: str,
) -> Any:
    """Run the JVM's ``Command`` in a process of its own, and return its JSON.

    It needs no SparkSession. If native code crashes, only that process ends.

    Parameters
    ----------
    command : str
        The command's name.
    path, version, tags
        The model.
    *words
        Further arguments of this command.
    """
    from tfpredict.session import jar_paths

    where = _words.path_of(path)
    line, spark = _java.spark_jars()
    classes = os.pathsep.join([*map(str, jar_paths(line)), spark])
    graph = "\n".join(_words.tags_of(tags))
    arguments = [where, "" if version is None else str(version), graph, *words]
    with tempfile.TemporaryDirectory(prefix="tfpredict-") as folder, children() as own:
        report, printed = Path(folder) / "report.json", Path(folder) / "printed"
        # The model may print too, so the report has a file of its own.
        with printed.open("wb") as log:
            process = own.start(
                [
                    *(_java.executable(line), *_SHORT_LIFE, "-cp", classes),
                    *("tfpredict.python.Command", str(report), command, *arguments),
                ],
                stdin=subprocess.PIPE,  # the JVM ends when this closes
                stdout=log,
                stderr=log,
            )
            status = process.wait()
        if status != 0 or not report.is_file():
            lines = printed.read_text(errors="replace").splitlines()
            raise _error_classes.COMMAND_FAILED.error(
                errors.TfpredictException,
                f"an answer of the JVM for {command}",
                f"that it {_how(status)} and {_last_words(lines)}",
                "Check the model's files and this machine's Java.",
                str(path),
            )
        found = json.loads(report.read_text(encoding="utf-8"))
    if "error" in found:
        raise _error(found["error"], found["error_class"], found["message"])
    return found


def _how(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"exited with status {status}"


def _last_words(lines: list[str]) -> str:
    # Frames of a stack trace say less than the line above them.
    told = [
        line.strip() for line in lines if line.strip() and not line.startswith(("\tat ", "\t.."))
    ]
    return f"printed: {told[-1]}" if told else "printed nothing"


def forget_gateway() -> None:
    """Let PySpark start a new JVM, after the old one has ended."""
    from pyspark import SparkContext

    SparkContext._gateway = None
    SparkContext._jvm = None


def _as_java(spark: SparkSession, value: Any) -> Any:
    if value is spark:
        return spark._jsparkSession
    if isinstance(value, (list, tuple)):
        result = _jvm(spark).java.util.ArrayList()
        for element in value:
            result.add(_as_java(spark, element))
        return result
    if isinstance(value, dict):
        result = _jvm(spark).java.util.LinkedHashMap()
        for key, element in value.items():
            if element is not None:
                result.put(key, _as_java(spark, element))
        return result
    return getattr(value, "_jc", value)


def _jvm(spark: SparkSession) -> Any:
    if _connect.is_connect(spark):
        raise _connect.needs_jvm()
    if not hasattr(spark, "_jsparkSession"):
        raise _error_classes.SESSION_KIND.error(
            errors.TfpredictException,
            "a classic SparkSession, which has a JVM beside it",
            f"a {type(spark).__name__}",
            "Pass the session of tfpredict.configure(SparkSession.builder).getOrCreate().",
        )
    if spark.sparkContext._jsc is None:
        raise _error_classes.NO_SESSION.error(
            errors.TfpredictException,
            "a running SparkSession",
            "one that has been stopped",
            "Create one with tfpredict.configure(SparkSession.builder).getOrCreate().",
        )
    return spark._jvm


def lacks_jar(jvm: Any) -> bool:
    """Return whether a session's JVM runs without the tfpredict jar; not of one that has ended."""
    from py4j.protocol import Py4JError

    try:
        return _found_api(jvm) is None
    except (Py4JError, OSError):
        return False


def _found_api(jvm: Any) -> Any | None:
    """Return ``PythonApi``, or None without the jar. Each part of its name is a call to the JVM."""
    from py4j.java_gateway import JavaPackage

    api: Any = jvm.tfpredict.python.PythonApi
    return None if isinstance(api, JavaPackage) else api


def _api(spark: SparkSession) -> Any:
    jvm = _jvm(spark)
    line = line_of(spark.version)
    _captured.install()
    api = _found_api(jvm)
    if api is None:
        raise _error_classes.JAR_MISSING.error(
            errors.TfpredictException,
            "the tfpredict jar on the SparkSession's class path",
            "none there",
            "Create the session with tfpredict.configure(SparkSession.builder).getOrCreate() "
            "before any other in this Python process, which may have to start again, or give "
            'Spark\'s command --jars "$(tfpredict jar)".',
        )
    built = line_of(jvm.tfpredict.host.SparkFit.built())
    if built != line:
        raise _error_classes.JAR_VERSION.error(
            errors.TfpredictException,
            f"the jar for Spark {spark.version}",
            f"the jar for Spark {built.name}",
            f"Use {line.jar}, or tfpredict.configure, which picks it.",
        )
    found = api.version()
    if found != __version__:
        raise _error_classes.JAR_VERSION.error(
            errors.TfpredictException,
            f"version {__version__}, as the Python package",
            f"version {found}",
            "Use the jar and the Python package of one version.",
        )
    return api


def _translated(exception: Any) -> errors.TfpredictException | None:
    name = exception.getClass().getName()
    if not name.startswith(_PACKAGE):
        return None
    error_class = _captured.error_class_of(exception)
    return _error(name[len(_PACKAGE) :], error_class, exception.getMessage())


def _error(name: str, error_class: str | None, message: str) -> errors.TfpredictException:
    kind = _captured.KINDS.get(name, errors.TfpredictException)
    return _error_classes.marked(kind(message), error_class)
