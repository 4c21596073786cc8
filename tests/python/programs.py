"""Programs that a test runs to their end, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyspark
from tfpredict._version import __version__
from tfpredict._versions import line_of
from tfpredict.session import jars

ROOT = Path(__file__).parents[2]
LINE = line_of(pyspark.__version__)
# Javas that this line does not run on, and the other line or none does.
UNFIT = ("25.0.3", "21.0.2") if LINE.name == "3.5" else ("14.0.3", "11.0.2")
# The jar that has all in it, for what takes one only.
ASSEMBLY = ROOT / f"build/jars/tfpredict-assembly_spark{LINE.name}_{LINE.scala}-{__version__}.jar"
BIN = Path(sys.executable).parent
# Spark's own commands, which a PySpark outside the environment has beside it.
_BESIDE = Path(pyspark.__file__).parents[1] / "bin"
SPARK_BIN = _BESIDE if (_BESIDE / "spark-submit").is_file() else BIN
SECONDS = 300


def run(
    command: Sequence[object], *, timeout: float = SECONDS, **options: Any
) -> subprocess.CompletedProcess:
    """Run a command, whatever comes of it; options are those of `subprocess.run`."""
    words = [str(word) for word in command]
    return subprocess.run(
        words, capture_output=True, text=True, timeout=timeout, check=False, **options
    )


def printed(command: Sequence[object], **options: Any) -> str:
    """Run a command that must succeed; return what it prints."""
    done = run(command, **options)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def spark_shell() -> list[object]:
    """Return the command of a spark-shell with the jar and nothing else."""
    options = ["--master", "local[2]", "--conf", "spark.ui.enabled=false"]
    return [SPARK_BIN / "spark-shell", *options, "--jars", jars()]
