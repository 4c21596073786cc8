"""How many rows an input has, where that can be told in a moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from tfpredict.cli._tables import COMPRESSED, Format, is_file, local_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SAMPLE_BYTES = 1 << 20


@dataclass(frozen=True)
class Rows:
    """A number of rows, and whether it is exact or about right.

    Examples
    --------
    >>> Rows(1000, is_exact=True).count
    1000
    """

    count: int
    is_exact: bool


def expected_rows(table: DataFrame, source: str, form: Format, limit: int | None) -> Rows | None:
    """Return the rows of files on this machine; None where counting them would take long.

    Parquet and ORC files hold their number of rows. Of text a sample tells how long a line is.

    Parameters
    ----------
    table : DataFrame
        The input, without `limit`.
    source : str
        As the user named it.
    form : Format
        The files' format.
    limit : int, optional
        The most rows that are read.
    """
    if not is_file(source) or local_path(source) is None:
        return None
    if form in (Format.parquet, Format.orc):
        rows = Rows(table.count(), is_exact=True)
    else:
        found = _of_lines([Path(unquote(urlparse(file).path)) for file in table.inputFiles()])
        if found is None:
            return None
        rows = Rows(found, is_exact=False)
    if limit is not None and limit <= rows.count:
        return Rows(limit, is_exact=True)
    return rows


def _of_lines(files: list[Path]) -> int | None:
    sizes = [file.stat().st_size for file in files]
    if not files or max(sizes) == 0 or any(file.suffix in COMPRESSED for file in files):
        return None
    with files[sizes.index(max(sizes))].open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    lines = sample.count(b"\n")
    return round(sum(sizes) * lines / len(sample)) if lines else None
