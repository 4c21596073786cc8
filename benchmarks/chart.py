"""The chart: each system's rows a second, a panel for each workload."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from results import Results
from systems import SYSTEMS
from workloads import WORKLOADS

BOUNDS, PROJECT, OTHERS = "#b8b8b8", "#d9822b", "#4878a8"


def draw(results: Results, file: Path) -> None:
    """Draw the chart as SVG."""
    figure = new(11, 13)
    if results.is_disturbed:
        figure.suptitle("Measured on a machine with other work: too low, and not to be compared")
    panels = figure.subplots(len(WORKLOADS), 1)
    for axes, workload in zip(panels, WORKLOADS.values()):
        names = list(results.systems(workload.name))
        rates = [results.rate(workload.name, name) for name in names]
        bars = axes.barh(
            [SYSTEMS[name].title for name in names], rates, color=[_colour(name) for name in names]
        )
        axes.bar_label(bars, [f" {rate:,.0f}" for rate in rates], fontsize=8)
        axes.set(title=workload.title, xscale="log")
        axes.set_xlim(min(rates) / 2, max(rates) * 4)
        axes.invert_yaxis()
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("rows a second, logarithmic")
    save(figure, file)


def new(width: float, height: float) -> Figure:
    """Return an empty figure, in inches."""
    # Ids and dates that change with every run would make every run a change of the file.
    mpl.rcParams["svg.hashsalt"] = "tfpredict"
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def save(figure: Figure, file: Path) -> None:
    """Write a figure as SVG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None})


def _colour(name: str) -> str:
    if name in ("sql", "rdd"):
        return PROJECT
    return BOUNDS if name in ("scan", "session", "rdd_scan") else OTHERS
