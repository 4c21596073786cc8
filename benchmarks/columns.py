"""What JMH found of encoding and decoding alone, beside copying the same bytes at once.

Usage: columns.py FOLDER prints it; `make bench` puts it on the page where it is there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FILE = "columns.json"
HEAD = ["a batch of 1,024 rows", "floats a row", "µs", "copying its bytes, µs", "times as long"]


def times(root: Path) -> dict[tuple[str, int], tuple[float, float]]:
    """Return µs a batch by method and floats a row, and of the copy; nothing before JMH has run."""
    if not (root / FILE).is_file():
        return {}
    scores = {}
    for entry in json.loads((root / FILE).read_text()):
        kind, method = entry["benchmark"].split(".")[-2:]
        scores[kind, method, int(entry["params"]["width"])] = entry["primaryMetric"]["score"]
    return {
        (method, width): (score, scores[kind, "memcpy", width])
        for (kind, method, width), score in sorted(scores.items())
        if method != "memcpy"
    }


def rows(root: Path) -> list[list[str]]:
    """Return one row for each benchmark and width."""
    return [
        [method, str(width), f"{score:.1f}", f"{copy:.2f}", f"{score / copy:.1f}"]
        for (method, width), (score, copy) in times(root).items()
    ]


if __name__ == "__main__":
    for row in [HEAD, *rows(Path(sys.argv[1]))]:
        print("  " + "".join(f"{cell:24}" for cell in row))
