"""Write docs/advisories.md from advisories.tsv: `python tests/security/page.py`."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent.parent / "docs" / "advisories.md"

MEANINGS = {
    "refused": "an op class that does not run: the model is refused when it is registered",
    "guarded": "a check stands before the kernel, or the value of an attribute that the fault "
    "needs is refused: every case ends in an error or an answer",
    "partly refused": "some of its ops are refused, of the others every case is harmless",
    "harmless": "every case ends in an error or an answer, and the process lives",
    "open": "a case ends the process",
    "no kernel": "the runtime has the op but cannot run it on a CPU: refused at registration",
    "no op of 1.15": "the op is newer than the runtime",
    "not in the runtime": "the fault is in a part that is not loaded",
    "fixed before 1.15": "older versions have it",
    "looked at before": "the model is read in plain JVM code first, which does not pass it on",
    "cannot be reached": "what leads there is refused, or cannot be made by a model",
}


def rows() -> list[list[str]]:
    """Give the table's lines as their fields."""
    lines = (FOLDER / "advisories.tsv").read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def cases() -> int:
    """Count the cases."""
    lines = (FOLDER / "cases.txt").read_text().splitlines()
    return sum(1 for line in lines if line and not line.startswith("#"))


def code(text: str) -> str:
    """Show as code what is no bare dash; a bar would end the cell."""
    return text if text == "-" else "`" + text.replace("|", "/") + "`"


def page() -> str:
    """Give the page's text."""
    found = rows()
    number = Counter(row[5] for row in found)
    shown = [verdict for verdict in MEANINGS if number[verdict]]
    counts = "\n".join(f"| {name} | {number[name]} | {MEANINGS[name]} |" for name in shown)
    text = (FOLDER / "page.md").read_text()
    parts = [text.format(count=len(found), cases=cases(), counts=counts)]
    grouped = defaultdict(list)
    for row in found:
        grouped[row[5]].append(row)
    for verdict in shown:
        parts.append(f"\n## {verdict[0].upper()}{verdict[1:]}\n\n")
        parts.append("| advisory | CVE | fault | ops | kind of input | evidence |\n")
        parts.append("|---|---|---|---|---|---|\n")
        for advisory, cve, fault, ops, kind, _, evidence in grouped[verdict]:
            cells = [advisory, cve, fault, ops, code(kind), evidence]
            parts.append("| " + " | ".join(cells) + " |\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
