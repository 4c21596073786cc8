"""What the shell says of results that were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict.cli._output import STANDARD
from tfpredict.cli._tables import local_path

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Summary:
    r"""The figures of a job that wrote predictions.

    Attributes
    ----------
    rows : int
        Rows written.
    seconds : float
        Seconds of the job, without Spark's start.
    rows_per_second : int
        Rows by seconds.
    rows_without_answer : int or None
        Rows that the model rejected; None if such a row fails the job.
    output : str
        Where the rows are.
    format : str
        In which format.
    model : str
        The model's folder.
    version : int or None
        The version that ran.

    Examples
    --------
    >>> Summary(2, 0.5, 4, None, "-", "csv", "/m", 1).words("y_pred")
    '2 rows in 0.5 s, 4 rows/s\ny_pred of version 1 of /m in standard output (csv)'
    """

    rows: int
    seconds: float
    rows_per_second: int
    rows_without_answer: int | None
    output: str
    format: str
    model: str
    version: int | None

    def words(self, name: str) -> str:
        """Return them as lines of text.

        Parameters
        ----------
        name : str
            The predictions' column.
        """
        lines = [f"{self.rows:,} rows in {self.seconds:.1f} s, {self.rows_per_second:,} rows/s"]
        if self.rows_without_answer is not None:
            lines.append(f"{self.rows_without_answer:,} rows without an answer")
        version = "" if self.version is None else f"version {self.version} of "
        path = None if self.output == STANDARD else local_path(self.output)
        held = "" if path is None else _held(path)
        place = "standard output" if self.output == STANDARD else self.output
        lines.append(f"{name} of {version}{self.model} in {place} ({self.format}{held})")
        return "\n".join(lines)


def _held(path: Path) -> str:
    if path.is_file():
        return f", one file, {path.stat().st_size / 1024:,.0f} KB"
    files = [file for file in path.rglob("part-*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1024
    return f", a folder of {len(files)} files, {size:,.0f} KB" if files else ""
