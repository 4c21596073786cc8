"""The other line of Spark, for the tests of what only it has."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from programs import printed
from tfpredict.session import jar_path

ROOT = Path(__file__).parents[2]
VERSION = "4.2.0"
# Spark's client without the rest of it, and what it needs that the environment does not have.
CLIENT = (f"pyspark-client=={VERSION}", "zstandard==0.25.0")


def spark4() -> Path:
    """Return the folder that has PySpark 4, as ``pip install --target`` writes it."""
    folder = ROOT / ".venv" / "spark4"
    if not (folder / "pyspark" / "jars").is_dir():
        pytest.fail(f"no PySpark 4: pip install --target {folder} pyspark=={VERSION}")
    return folder


def jar4() -> Path:
    """Return the assembly jar for Spark 4."""
    jar = jar_path()
    if "tfpredict/connect/CallPlugin.class" not in zipfile.ZipFile(jar).namelist():
        pytest.fail(f"{jar} is not for Spark 4: ./sbtw -Dspark.version={VERSION} assembly")
    return jar


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
