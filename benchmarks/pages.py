"""What both pages of benchmarks write in one way: tables, and the cells that systems have."""

from __future__ import annotations

from typing import Any

from workloads import FILES


def table(head: list[str], rows: list[list[Any]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def share(files: int) -> str:
    """Return how much of its table a system was given, in files."""
    return "all" if files == FILES else f"{files}/{FILES}"


def off_by(difference: float | None) -> str:
    """Return a difference from TensorFlow's answers; a system without answers has none."""
    return "" if difference is None else f"{difference:.0e}"
