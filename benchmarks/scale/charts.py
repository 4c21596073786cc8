"""The charts of the measurements at scale."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import chart
from chart import OTHERS, PROJECT

from scale.peers import PEERS
from scale.plan import WORKLOADS

# Not systems that people choose between: what reads only, and what keeps less than the others.
NOT_PEERS = ("scan", "bare", "bare_table", "sql_alone", "rdd")
TITLES = {
    "rows": "rows",
    "widths": "floats a row",
    "partitions": "partitions",
    "models": "models in one query",
    "cores": "cores",
    "executors": "executors",
}


def speeds(turns: dict[str, dict[str, dict[str, Any]]], file: Path) -> None:
    """Draw rows a second of each system, a panel for each table, from zero."""
    figure = chart.new(11, 3.2 * len(turns))
    panels = figure.subplots(len(turns), 1)
    for axes, (name, systems) in zip(panels, turns.items()):
        shown = {peer: found for peer, found in systems.items() if peer not in NOT_PEERS}
        rates = [found["median"] / 1e6 for found in shown.values()]
        colours = [PROJECT if peer == "sql" else OTHERS for peer in shown]
        bars = axes.barh([PEERS[peer].title for peer in shown], rates, color=colours)
        axes.bar_label(bars, [f" {rate:.2f}" for rate in rates], fontsize=9)
        axes.set(title=WORKLOADS[name].title, xlim=(0, max(rates) * 1.12))
        axes.invert_yaxis()
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("million rows a second, with the input and an id beside the prediction")
    chart.save(figure, file)


def growth(points: list[dict[str, Any]], file: Path) -> None:
    """Draw seconds against what grows, a panel for each kind."""
    figure = chart.new(11, 6.5)
    for axes, (kind, title) in zip(figure.subplots(2, 3).ravel(), TITLES.items()):
        of_kind = [point for point in points if point["kind"] == kind]
        places = [point["at"] for point in of_kind]
        seconds = [median(point["seconds"]) for point in of_kind]
        axes.plot(places, seconds, marker="o", color=PROJECT)
        if kind in ("rows", "widths", "partitions"):
            axes.set(xscale="log")
        if kind == "rows":
            axes.set(yscale="log")
        else:
            axes.set_ylim(0, max(seconds) * 1.15)
        if kind not in ("rows", "widths", "partitions"):
            axes.set_xticks(places)
        axes.set(xlabel=title, ylabel="s")
        axes.spines[["top", "right"]].set_visible(False)
    chart.save(figure, file)
