"""Turns a failure into one sentence."""

from __future__ import annotations

import errno
import os
import re

from tfpredict.errors import TfpredictException

# The exceptions of this package on the JVM, in the text of a job's failure.
_OURS = re.compile(r"tfpredict\.(?:\w+\.)*\w+Exception: ([^\n]+)")
_CAUSE = re.compile(r"Caused by: ([\w.$]+): ([^\n]+)")
# Where in a query it is, after which its plan follows.
_PLACE = re.compile(r";(?: line \d+ pos \d+;?)?\s*$")
# What Hadoop says of a file system whose jar is not there, and the jar.
_SCHEMES = {
    "s3a": ("S3AFileSystem", "org.apache.hadoop:hadoop-aws:3.3.4"),
    "abfss": ("AzureBlobFileSystem", "org.apache.hadoop:hadoop-azure:3.3.4"),
    "gs": ("GoogleHadoopFileSystem", "com.google.cloud.bigdataoss:gcs-connector:hadoop3-2.2.22"),
}
_ROOM = ("No space left on device", "There is not enough space on the disk")


def sentence(failed: BaseException) -> str:
    """Return a failure as one line.

    Parameters
    ----------
    failed : BaseException
        What a command raised.

    Returns
    -------
    str
        Without a stack trace.
    """
    text = str(failed)
    if isinstance(failed, TfpredictException):
        return text
    ours = _OURS.findall(text)
    if ours:
        # The outermost names the row; those behind it know less.
        return str(ours[0])
    if any(words in text for words in _ROOM) or getattr(failed, "errno", None) == errno.ENOSPC:
        return _no_room(failed)
    for scheme, (name, jar) in _SCHEMES.items():
        if f"{name} not found" in text or f'No FileSystem for scheme "{scheme}"' in text:
            return (
                f"Spark does not know {scheme}:// here: add its jar, with --conf "
                f"spark.jars.packages={jar} (--debug shows all)"
            )
    if isinstance(failed, OSError) and not text.startswith("["):
        return text
    if type(failed).__module__.split(".")[0] in ("pyspark", "py4j"):
        return _of_spark(failed)
    if isinstance(failed, (ValueError, TypeError, OSError)):
        return _first_line(text)
    return f"{type(failed).__name__}: {_first_line(text)} (--debug shows where)"


def _of_spark(failed: BaseException) -> str:
    text = str(failed)
    causes = _CAUSE.findall(text)
    if causes:
        kind, message = causes[-1]
        return f"Spark: {kind.rsplit('.', 1)[-1]}: {message} (--debug shows all)"
    lines = [line for line in text.splitlines() if line.strip()]
    # Py4J's own line says only that something was thrown.
    if len(lines) > 1 and lines[0].startswith("An error occurred while calling"):
        lines = lines[1:]
    first = _PLACE.sub("", (lines or ["it gave no reason"])[0]).lstrip(": ")
    return f"Spark: {first} (--debug shows all)"


def _no_room(failed: BaseException) -> str:
    place = getattr(failed, "filename", None)
    where = f" at {place}" if place else " where Spark writes (the output, or spark.local.dir)"
    return f"no room is left on the disk{where}: {os.strerror(errno.ENOSPC)}."


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "it gave no reason")
