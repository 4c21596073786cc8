"""Draws README's picture from the tables of docs/benchmarks.md, so that both show one run.

Usage: speed.py PAGE PICTURE.
"""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path

# The project, then what people use today. The page's own chart has limits too, such as the scan.
SHOWN = {
    "tfpredict, SQL": "tfpredict",
    "predict_batch_udf": "predict_batch_udf",
    "pandas UDF, iterator": "pandas UDF",
    "row-at-a-time Scala UDF": "Scala UDF, row by row",
}
PROJECT, OTHERS, INK, PALE = "#d9822b", "#7d93ad", "#24292f", "#57606a"
SCALE = "Each model has its own scale."
CAVEAT = "Other work ran on this machine meanwhile: a quiet one is faster."
WIDTH, LEFT, BAR, STEP, HEAD = 500, 160, 215, 20, 30


def rates(page: str) -> dict[str, dict[str, float]]:
    """Return rows per second of each system shown, by the model's heading."""
    found = {}
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        if "| rows/s | SQL" in section:
            rows = re.findall(r"^\| ([^|]+) \| ([\d,]+) \|", section, re.MULTILINE)
            by_name = {name: float(rate.replace(",", "")) for name, rate in rows}
            found[title] = {SHOWN[name]: by_name[name] for name in SHOWN if name in by_name}
    return found


def draw(page: str) -> str:
    """Return the picture as SVG: a panel for each model, each to its own scale from zero."""
    panels = rates(page)
    cores = re.search(r"^\| cores \| (\d+) \|", page, re.MULTILINE)[1]
    lines, y = [], 52
    for title, systems in panels.items():
        lines.append(_text(16, y, title, INK, 'font-weight="600"'))
        longest = max(systems.values())
        for row, (name, rate) in enumerate(systems.items()):
            top = y + 8 + row * STEP
            colour = PROJECT if row == 0 else OTHERS
            width = max(BAR * rate / longest, 1)
            lines.append(_text(LEFT - 8, top + 13, name, INK, 'text-anchor="end"'))
            lines.append(
                f'<rect x="{LEFT}" y="{top + 2}" width="{width:.1f}" height="{STEP - 5}" '
                f'fill="{colour}"/>'
            )
            told = f"{rate:,.0f}" + (f"  ({rate / longest:.0%})" if rate < longest else "")
            lines.append(_text(LEFT + width + 6, top + 13, told, INK))
        y += len(systems) * STEP + HEAD
    is_disturbed = "**Other work ran" in page
    y += 8 if is_disturbed else 0
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" font-family="Helvetica, Arial, sans-serif" font-size="12" role="img">',
        "<title>Rows per second of tfpredict and of what people use today</title>",
        f'<rect width="{WIDTH}" height="{y}" rx="6" fill="#ffffff"/>',
        *([_text(16, y - 12, CAVEAT, PALE)] if is_disturbed else []),
        _text(16, 26, f"Rows per second on {cores} cores. Longer is faster. {SCALE}", PALE),
    ]
    return "\n".join([*head, *lines, "</svg>\n"])


def _text(x: float, y: float, words: str, colour: str, more: str = "") -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" fill="{colour}"'
    return f"<text {place}{' ' + more if more else ''}>{escape(words)}</text>"


if __name__ == "__main__":
    source, picture = map(Path, sys.argv[1:])
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(draw(source.read_text(encoding="utf-8")), encoding="utf-8")
