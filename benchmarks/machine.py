"""Where it was measured, and with what."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

# Task slots, and cores that the figures are for.
SLOTS = 2

PACKAGES = ("pyspark", "tensorflow", "keras", "numpy", "pandas", "pyarrow")


def describe() -> dict[str, str]:
    """Return the machine and the versions, by what they are."""
    found = {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }
    return {**found, **{package: version(package) for package in PACKAGES}}


def _first(file: str, key: str) -> str:
    for line in Path(file).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return "unknown"
