"""Has plain TensorFlow Java 1.15 open adapted models: a JVM without this project's classes.

``build/byhand`` has its jars, which `make build/byhand/byhand.jar` puts there.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM, LINEAR = (Path(__file__).with_name(f"{name}.java") for name in ("Plain", "Linear"))
STAGE = ROOT / "build" / "byhand"
# What native code does to one model must not cost the others.
AT_ONCE = 40
SECONDS = 1200


def class_path() -> str:
    """TensorFlow Java's jars and those of its protocol buffers, and nothing else."""
    jars = sorted(STAGE.glob("lib/*.jar")) + sorted(STAGE.glob("proto/*.jar"))
    if len(jars) != 5:
        raise SystemExit(f"expected five jars in {STAGE}, found {len(jars)}: make {STAGE}")
    return ":".join(map(str, jars))


def run(folders: Iterable[Path]) -> dict[Path, tuple[int, str, str]]:
    """Load models and run the examples that are kept with them.

    Returns
    -------
    dict of Path to tuple
        For each model how many outputs were compared, the largest difference or ``none``, and why
        there is none.
    """
    waiting = list(folders)
    found = {}
    while waiting:
        part = waiting[:AT_ONCE]
        done = subprocess.run(
            ["java", "-cp", class_path(), PROGRAM, *part],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        # Each answer is a line; the first model without one is what the JVM ended at.
        pattern = r"^RESULT\t(.*?)\t(\d+)\t(\S+)\t(.*)$"
        told = re.findall(pattern, done.stdout, re.MULTILINE)
        for folder, outputs, difference, reason in told:
            found[Path(folder)] = (int(outputs), difference, reason)
        if len(told) < len(part):
            words = done.stderr.strip().splitlines()[-1:]
            found[part[len(told)]] = (0, "none", f"the JVM ended with {done.returncode}: {words}")
        waiting = waiting[len(told) + (len(told) < len(part)) :]
    return found
