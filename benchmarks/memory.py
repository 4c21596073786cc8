"""Peaks of memory, as Linux keeps them in /proc."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def peak(process: int) -> int:
    """Return the largest resident set that a process has had, in bytes."""
    for line in (PROC / str(process) / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def descendants(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            try:
                # The name, in brackets, may hold spaces; the parent is the second field after it.
                after_name = (entry / "stat").read_text().rpartition(")")[2]
            except OSError:
                continue
            children.setdefault(int(after_name.split()[1]), []).append(int(entry.name))
    found: list[int] = []
    rest = [process]
    while rest:
        young = children.get(rest.pop(), [])
        found += young
        rest += young
    return found
