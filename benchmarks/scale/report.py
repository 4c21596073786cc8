"""Writes the page and charts of the measurements at scale. Usage: report.py FOLDER DOCS."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from pages import off_by, share, table

from scale import charts
from scale.limits import limits
from scale.peers import PEERS
from scale.plan import WORKLOADS

HERE = Path(__file__).parent
GROWN = {
    "rows": ("Rows", "The linear model on rows that Spark makes, in 8 partitions."),
    "widths": ("Floats a row", "One dense layer; each table has the same number of floats."),
    "partitions": ("Partitions", "The linear model on 10,000,000 rows."),
    "models": ("Models in one query", "Equal MLPs of the same column, each a model of its own."),
    "cores": ("Cores", "The MLP; the process may use this number of cores."),
    "executors": ("Executors", "The MLP, by executors of one core each on this machine."),
}


def main(root: Path, docs: Path) -> None:
    """Write DOCS/benchmarks-at-scale.md and its two charts."""
    turns = {name: summed(root / name) for name in WORKLOADS}
    growth: list[dict[str, Any]] = json.loads((root / "growth.json").read_text())
    charts.speeds(turns, docs / "images" / "speeds-at-scale.svg")
    charts.growth(growth, docs / "images" / "growth.svg")
    parts = [(HERE / "page.md").read_text()]
    parts += [_targets(turns)]
    parts += [_turns(name, turns[name], root) for name in WORKLOADS]
    parts += ["## What grows\n\n![Time against what grows](images/growth.svg)\n"]
    parts += [_grown(kind, growth) for kind in GROWN]
    about = json.loads((root / "machine.json").read_text())
    parts += ["## Measured on\n\n" + table(["", ""], [[key, about[key]] for key in about])]
    (docs / "benchmarks-at-scale.md").write_text("\n".join(parts))


def summed(folder: Path) -> dict[str, dict[str, Any]]:
    """Return each system's turns together: rows a second at best and in the median."""
    found: dict[str, dict[str, Any]] = {}
    for turn in json.loads((folder / "turns.json").read_text()):
        entry = found.setdefault(turn["system"], {**turn, "rates": []})
        entry["rates"] += [turn["rows"] / seconds for seconds in turn["seconds"]]
    for entry in found.values():
        entry["best"], entry["median"] = max(entry["rates"]), median(entry["rates"])
    return {peer: found[peer] for peer in PEERS if peer in found}


def _targets(turns: dict[str, dict[str, dict[str, Any]]]) -> str:
    rows = [target.row() for target in limits(turns)]
    return "## Targets\n\n" + table(["", "measured", "wanted", ""], rows)


def _turns(name: str, systems: dict[str, dict[str, Any]], root: Path) -> str:
    sql = systems["sql"]["median"]
    rows = [
        [
            PEERS[peer].title,
            f"{found['median']:,.0f}",
            f"{found['best']:,.0f}",
            f"{sql / found['median']:.2f}",
            f"{found['rows'] / found['median']:.1f}",
            share(found["files"]),
            off_by(found["difference"]),
        ]
        for peer, found in systems.items()
    ]
    head = [
        "",
        "rows/s, median",
        "rows/s, best",
        "SQL, times as fast",
        "s",
        "of the table",
        "off by",
    ]
    failed = json.loads((root / name / "failed.json").read_text())
    left_out = "".join(
        f"\n{PEERS[peer].title} did not run here: `{error.splitlines()[-1][:200]}`\n"
        for peer, error in failed.items()
    )
    title = f"## {WORKLOADS[name].title}, {WORKLOADS[name].rows:,} rows\n\n"
    return title + table(head, rows) + left_out


def _grown(kind: str, growth: list[dict[str, Any]]) -> str:
    title, words = GROWN[kind]
    rows = [
        [
            f"{point['at']:,}",
            f"{point['rows']:,}",
            f"{median(point['seconds']):.2f}",
            f"{point['rows'] / median(point['seconds']):,.0f}",
        ]
        for point in growth
        if point["kind"] == kind
    ]
    return f"### {title}\n\n{words}\n\n" + table([title.lower(), "rows", "s", "rows/s"], rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
