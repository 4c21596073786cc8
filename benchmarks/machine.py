"""Where it was measured, and with what."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

# Task slots, and cores that the figures are for.
SLOTS = 2

# What decides how many numbers an instruction multiplies.
VECTORS = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile")
PACKAGES = ("pyspark", "tensorflow", "keras", "numpy", "pandas", "pyarrow")


def describe() -> dict[str, str]:
    """Return the machine and the versions, by what they are."""
    found = {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    }
    return {**found, **{package: version(package) for package in PACKAGES}}


def processor() -> str:
    """Return the processor's name, family and model, and the vector extensions that it has.

    Virtual machines of one kind can have processors of several families under one name.
    """
    name, family, model, flags = (
        _first("/proc/cpuinfo", key) for key in ("model name", "cpu family", "model", "flags")
    )
    vectors = [vector for vector in VECTORS if vector in flags.split()]
    return f"{name} (family {family}, model {model}; {', '.join(vectors) or 'no vectors known'})"


def busy(seconds: float = 1.0) -> float:
    """Return how many cores are at work while this process sleeps: on others' work, then."""
    # What ran just before may still be ending.
    time.sleep(1)
    before = _ticks()
    time.sleep(seconds)
    return (_ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def taken() -> float:
    """Return the core seconds since its start that this machine's host gave to others."""
    return _fields()[7] / os.sysconf("SC_CLK_TCK")


def _ticks() -> int:
    fields = _fields()
    return sum(fields) - fields[3] - fields[4]


def _fields() -> list[int]:
    # The first line, of all cores: user, nice, system, idle, waiting for a disk, two kinds of
    # interrupts, taken by the host, and more.
    return [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]


def _first(file: str, key: str) -> str:
    for line in Path(file).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return "unknown"
