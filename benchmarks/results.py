"""What the other parts wrote, read back."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from workloads import WORKLOADS


class Results:
    """The results of one run of the benchmarks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.machine: dict[str, Any] = json.loads((root / "machine.json").read_text())
        self.is_disturbed: bool = self.machine.pop("is disturbed")
        self.workloads = self._measured("results.json")
        self.on_spark4 = self._measured("results-spark4.json")
        self.probes: dict[str, Any] = {
            file.stem: json.loads(file.read_text()) for file in (root / "probes").glob("*.json")
        }

    def systems(self, workload: str) -> dict[str, Any]:
        """Return how each system did on a workload, by its name."""
        systems: dict[str, Any] = self.workloads[workload]["systems"]
        return systems

    def rate(self, workload: str, system: str) -> float:
        """Return a system's rows a second: the median of its repeats."""
        return rate_of(self.systems(workload)[system])

    def seconds(self, workload: str, system: str) -> float:
        """Return the seconds for a whole table, reckoned from the rate where a part was given."""
        return WORKLOADS[workload].rows / self.rate(workload, system)

    def probe_rate(self, probe: str) -> float:
        """Return the rows a second of a system in a process of its own."""
        return rate_of(self.probes[probe])

    def _measured(self, file: str) -> dict[str, Any]:
        return {
            workload.name: json.loads((workload.folder(self.root) / file).read_text())
            for workload in WORKLOADS.values()
        }


def rate_of(result: dict[str, Any]) -> float:
    """Return the rows a second of a result: the median of its repeats."""
    return float(result["rows"] / median(result["seconds"]))
