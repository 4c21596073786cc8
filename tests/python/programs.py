"""Programs that a test runs to their end, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfpredict.session import jar_path

BIN = Path(sys.executable).parent
SECONDS = 300
# For JVMs that live for seconds: the compiler's second stage takes more of them than it gives.
SHORT_LIFE = "-XX:TieredStopAtLevel=1"


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
    options += ["--driver-java-options", SHORT_LIFE]
    return [BIN / "spark-shell", *options, "--jars", jar_path()]
