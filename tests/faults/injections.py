"""What Scala's suites of faults found, for the document."""

from __future__ import annotations

import json
from pathlib import Path

from rows import Row

#: Faults that need more than one JVM, and the tests that bring them.
ELSEWHERE = {
    "a driver that loads nothing native": "tests/python/test_cluster.py",
    "a local disk that is slow": "DiskFaultsSuite",
    "another architecture, or C library, than the jar is for (simulated)": "NativeFilesSuite",
}


def measured(findings: Path, holds: bool) -> list[Row]:
    """Return lines for the table of clusters, from what a suite has measured; it held or not."""
    told = json.loads(findings.read_text())
    return [Row(entry["fault"], entry["expected"], entry["found"], holds) for entry in told]


def table(outcomes: Path) -> list[str]:
    """Return the lines of a Markdown section: a row for each fault in the suite's JSON."""
    told = json.loads(outcomes.read_text())
    rows = [
        f"| {entry['fault']} | {_outcome(entry['outcome'])} | {_cell(_words(entry))} |"
        for entry in told
    ]
    others = [f"- {fault}: `{test}`" for fault, test in ELSEWHERE.items()]
    return [
        "## Injected faults",
        "",
        f"Written by `InjectionsSuite`: {len(told)} faults, each through one SparkSession, which",
        "answers a good query after each and has then no model in use and no tensor left.",
        "",
        "| fault | what comes of it | in its words |",
        "|---|---|---|",
        *rows,
        "",
        "With tests of their own:",
        "",
        *others,
        "",
    ]


def _outcome(outcome: str) -> str:
    return outcome if outcome == "answers" else f"`{outcome}`"


def _words(entry: dict[str, str]) -> str:
    return f"{entry['message']} Fix: {entry['fix']}" if entry["fix"] else entry["message"]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
