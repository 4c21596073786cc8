"""Starts a quiet SparkSession for one command."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import tfpredict
from tfpredict import _java, _jvm
from tfpredict._children import children
from tfpredict._versions import INSTALL
from tfpredict.cli._failures import sentence
from tfpredict.cli._progress import said
from tfpredict.cli._quiet import output_to
from tfpredict.cli._starting import starting
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyspark.sql import SparkSession

_TOLD = ("Exception in thread", "Caused by:", "Error:", "Error ", "Invalid ", "Unrecognized ")
# Lines of the java command that only follow its reason.
_EMPTY = (
    "Error: Could not create the Java Virtual Machine",
    "Error: A fatal exception has occurred",
)


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Return ``key=value`` words as a dict. Another word is wrong usage.

    Examples
    --------
    >>> pairs(["sep=;"], "--read")
    {'sep': ';'}
    """
    for word in given:
        if "=" not in word or word.startswith("="):
            raise typer.BadParameter(f"{option} {word}: expected key=value.")
    return dict(word.split("=", 1) for word in given)


def is_local(master: str | None, conf: Mapping[str, str]) -> bool:
    """Tell whether driver and executors share this machine's disk.

    Examples
    --------
    >>> is_local("local[2]", {}), is_local("yarn", {})
    (True, False)
    """
    named = master or conf.get("spark.master")
    if named is None:
        # An installed Spark's own configuration may name a master.
        return not (os.environ.get("SPARK_HOME") or os.environ.get("SPARK_CONF_DIR"))
    return named.startswith("local")


@contextlib.contextmanager
def session(
    command: str, master: str | None, conf: Mapping[str, str], debug: bool
) -> Iterator[SparkSession]:
    """Start Spark for a ``with`` block, and end it with whatever runs in it, also on Ctrl-C.

    A session that this Python process has already is used as it is, and stays.

    Parameters
    ----------
    command : str
        The application's name in Spark's pages.
    master : str, optional
        Spark's master.
    conf : mapping
        Spark's settings.
    debug : bool
        Whether the JVM's log is shown.

    Raises
    ------
    TfpredictException
        If there is no PySpark or no Java that fits it, or Spark does not start.
    """
    line, _ = _java.spark_jars()
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as missing:
        raise TfpredictException(
            f"{missing.name} is not installed in this Python: {INSTALL}, or put SPARK_HOME's "
            "python folder on PYTHONPATH."
        ) from missing

    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    _java.executable(line)
    builder = tfpredict.configure(SparkSession.builder.appName(f"tfpredict {command}"))
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if is_local(master, conf):
        # Heartbeats report the rows of running tasks. On a cluster one per second is too much.
        builder = builder.config("spark.executor.heartbeatInterval", "1s")
        builder = builder.config("spark.ui.enabled", "false")
    if master:
        builder = builder.master(master)
    for key, value in conf.items():
        builder = builder.config(key, value)
    with tempfile.TemporaryDirectory(prefix="tfpredict-log-") as folder, children() as own:
        log = Path(folder) / "spark.log"
        try:
            with _quietly(debug, log), starting(own):
                spark = builder.getOrCreate()
        except Exception as failed:
            if debug:
                raise
            raise TfpredictException(f"Spark did not start: {_last_words(log, failed)}") from failed
        if not debug:
            # Without a handler Py4J's log of an interrupted call, with its stack, is printed.
            logging.getLogger().addHandler(logging.NullHandler())
        try:
            _jvm.call(spark, "deleteAtEnd", folder)
            yield spark
        except KeyboardInterrupt:
            # Further interrupts must not stop the clean-up.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            with contextlib.suppress(Exception):
                spark.sparkContext.cancelAllJobs()
            raise
        except Exception as failed:
            # The JVM has the text of its exceptions, and it ends here.
            if type(failed).__module__.split(".")[0] not in ("pyspark", "py4j"):
                raise
            if debug:
                traceback.print_exc()
                raise typer.Exit(1) from None
            raise TfpredictException(sentence(failed)) from None
        finally:
            spark.stop()
            if own:
                _jvm.forget_gateway()


@contextlib.contextmanager
def _quietly(debug: bool, log: Path) -> Iterator[None]:
    if debug:
        yield
        return
    with said("starting Spark"), output_to(log):
        yield


@contextlib.contextmanager
def deleted_if_killed(spark: SparkSession, place: Path) -> Iterator[None]:
    """Have Spark's JVM remove what a block writes, if this process is killed.

    The JVM outlives a Python that is killed. If the block fails, the JVM removes the files when it
    ends; if the block ends well, they stay.
    """
    deletion = _jvm.call(spark, "deleteAtEnd", str(place))
    yield
    deletion.close()


def _last_words(log: Path, failed: Exception) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    told = [line.strip() for line in lines if line.startswith(_TOLD)]
    told = [line for line in told if not line.startswith(_EMPTY)]
    return f"{told[-1]} (--debug shows all)" if told else sentence(failed)
