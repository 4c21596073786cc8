"""What a fault came to: a line of the table that `make faults` writes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One fault, what must hold, what was found, and whether it is what must hold."""

    fault: str
    expected: str
    found: str
    holds: bool

    def line(self) -> str:
        """Return it as a line of a Markdown table."""
        mark = "" if self.holds else " **(does not hold)**"
        return f"| {self.fault} | {self.expected} | {self.found}{mark} |"
