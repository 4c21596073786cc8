"""The tables of docs/clusters.md about models that the driver sends: measured, and simulated."""

from __future__ import annotations

import re
from pathlib import Path

from simulate import BROADCAST, MB, TFPREDICT, Cluster, Found, one_by_one, simulate

# Of a cluster on paper.
HOSTS = (16, 64, 256, 1000)
MODEL = 1000 * MB
SPREAD = 10.0


def simulated(way: str, cluster: Cluster) -> Found:
    """Return what a way comes to on paper."""
    if way == "addFile":
        return one_by_one(cluster)
    return simulate(cluster, BROADCAST if way == "broadcast" else TFPREDICT)


def measured(rows: list[dict]) -> list[str]:
    """Return a table of what left the driver, beside what was expected of it."""
    lines = [
        "| executors | way | left the driver | in models | simulated | left the executors "
        "| heap for blocks |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        sent = row["bytes"]
        paper = simulated(row["way"], Cluster(row["executors"], row["size"])).sent
        heap = max(0, row["storage"]) / MB
        lines.append(
            f"| {row['executors']} | {row['way']} | {sent / MB:,.0f} MB | {sent / row['size']:.2f} "
            f"| {paper / row['size']:.2f} | {row['peers'] / MB:,.0f} MB | {heap:,.1f} MB |"
        )
    return lines


def on_paper() -> list[str]:
    """Return a table of clusters that are simulated only."""
    lines = [
        "| hosts | way | hosts begin | left the driver | of it, answers | last host has it after |",
        "|---|---|---|---|---|---|",
    ]
    for hosts in HOSTS:
        for way in ("addFile", "broadcast", "tfpredict"):
            for begin, spread in (("at once", 0.0), (f"within {SPREAD:.0f} s", SPREAD)):
                found = simulated(way, Cluster(hosts, MODEL, spread=spread))
                lines.append(
                    f"| {hosts:,} | {way} | {begin} | {(found.sent + found.told) / 1e9:,.1f} GB "
                    f"| {found.told / 1e9:.2f} GB | {found.seconds:,.0f} s |"
                )
    return lines


def write(document: Path, rows: list[dict]) -> None:
    """Put both tables between their marks in the document."""
    text = document.read_text()
    for name, lines in (("measured", measured(rows)), ("simulated", on_paper())):
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        table = "\n".join(["", *lines, "", ""])
        text, found = mark.subn(lambda match, table=table: match[1] + table + match[2], text)
        if found != 1:
            raise SystemExit(f"{document} has no place for the table {name}")
    document.write_text(text)
