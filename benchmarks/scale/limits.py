"""The project's targets at scale, and whether a run reaches them. A missed target fails nothing."""

from __future__ import annotations

from typing import Any

from targets import Target

from scale.plan import BATCHES


def limits(turns: dict[str, dict[str, dict[str, Any]]]) -> list[Target]:
    """Return all targets with their figures, from the median rates of each system.

    Parameters
    ----------
    turns : dict
        a workload's systems, each with its ``median`` in rows per second
    """

    def seconds(name: str, system: str) -> float:
        return 1 / turns[name][system]["median"]

    found = []
    for name in ("mlp", "wide_and_deep"):
        for bare, on in (("bare", "one batch"), ("bare_table", f"{BATCHES} batches")):
            floor = seconds(name, "scan") + seconds(name, bare)
            title = f"{name}: SQL's time, over the scan's and the bare Session's on {on} together"
            found.append(Target(title, seconds(name, "sql") / floor, 1.15, is_least=False))
    for name in turns:
        share = seconds(name, "sql") / seconds(name, "sql_alone")
        title = f"{name}: SQL's time with the other columns kept, over the prediction alone"
        found.append(Target(title, share, 1.1, is_least=False))
    for name in turns:
        if "rdd" in turns[name]:
            share = seconds(name, "rdd") / seconds(name, "sql_alone")
            title = f"{name}: the RDD's time, over SQL's for the prediction alone"
            found.append(Target(title, share, 1.3, is_least=False))
    return found
