"""The other line of Spark, for the tests of what only it has."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from programs import printed
from tfpredict._versions import LINES
from tfpredict.session import jar_paths

ROOT = Path(__file__).parents[2]
VERSION = LINES[1].pyspark
# Spark's client without the rest of it, and what it needs that the environment does not have.
CLIENT = (f"pyspark-client=={VERSION}", "zstandard==0.25.0")


def spark4() -> Path:
    """Return the folder that has PySpark 4, which is installed once."""
    return Path(printed([ROOT / "scripts/pyspark", VERSION], timeout=900).strip())


def jars4() -> str:
    """Return the package's jars for Spark 4, as ``--jars`` takes them."""
    return ",".join(map(str, jar_paths(LINES[1])))


def client4() -> Path:
    """Return the folder that has Spark 4's client alone, which is installed once."""
    folder = ROOT / "build" / "tools" / CLIENT[0]
    if not folder.is_dir():
        begun = folder.with_name(f"{folder.name}.begun")
        shutil.rmtree(begun, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        printed([*pip, "--no-deps", "--target", begun, *CLIENT])
        begun.rename(folder)
    return folder
