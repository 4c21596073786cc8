"""What the project wants to reach, and whether it does. A target that is missed fails nothing."""

from __future__ import annotations

from dataclasses import dataclass

import columns
from results import Results
from workloads import WORKLOADS


@dataclass(frozen=True)
class Target:
    """One figure and what is wanted of it.

    Attributes
    ----------
    title : str
        What the figure is.
    found : float
        The figure.
    wanted : float
        Its bound.
    is_least : bool
        Whether the bound is the least that is wanted, or else the most.
    """

    title: str
    found: float
    wanted: float
    is_least: bool

    @property
    def is_reached(self) -> bool:
        """Whether the figure is on the right side of its bound."""
        return self.found >= self.wanted if self.is_least else self.found <= self.wanted

    def row(self) -> list[str]:
        """Return the title, the figure, its bound and the verdict, as pages have them."""
        wanted = f"{'at least' if self.is_least else 'at most'} {self.wanted:.3g}"
        verdict = "reached" if self.is_reached else "falls short"
        return [self.title, f"{self.found:.2f}", wanted, verdict]


def targets(results: Results) -> list[Target]:
    """Return all targets with their figures."""
    rate, seconds = results.rate, results.seconds

    def floor(workload: str) -> float:
        return seconds(workload, "scan") + seconds(workload, "session")

    found = [
        Target(
            "linear: SQL, times as fast as the row-at-a-time UDF",
            rate("linear", "sql") / rate("linear", "row_udf"),
            80,
            is_least=True,
        )
    ]
    for workload, wanted in (("linear", 6), ("mlp", 3.5), ("wide_and_deep", 4), ("resnet50", 1)):
        times = rate(workload, "sql") / rate(workload, "batch_udf")
        title = f"{workload}: SQL, times as fast as `predict_batch_udf` at its best"
        found.append(Target(title, times, wanted, is_least=True))
    for workload, wanted in (("mlp", 1.15), ("resnet50", 1.05)):
        share = seconds(workload, "sql") / floor(workload)
        title = f"{workload}: SQL's time, over that of the scan and the bare Session"
        found.append(Target(title, share, wanted, is_least=False))
    for workload in WORKLOADS.values():
        if workload.has_one_input:
            share = seconds(workload.name, "rdd") / seconds(workload.name, "sql")
            title = f"{workload.name}: the RDD road's time, over SQL's"
            found.append(Target(title, share, 1.3, is_least=False))
    cores = results.probe_rate("sql-2") / results.probe_rate("sql-1")
    found.append(Target("mlp: SQL on 2 cores, times as fast as on 1", cores, 1.8, is_least=True))
    for (method, width), (score, copy) in columns.times(results.root).items():
        if method == "encode":
            title = f"encoding alone, {width} floats a row: its rate, over a copy's"
            found.append(Target(title, copy / score, 1 / 3, is_least=True))
    return found
