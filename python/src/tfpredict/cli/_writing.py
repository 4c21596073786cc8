"""Runs the job that writes results, and returns its figures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tfpredict.cli._arguments import column
from tfpredict.cli._progress import shown
from tfpredict.cli._tables import Format

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    from tfpredict.cli._expected import Rows


def write(
    spark: SparkSession,
    results: DataFrame,
    form: Format,
    place: str,
    overwrite: bool,
    missing: Column | None,
    expected: Rows | None = None,
) -> tuple[int, float, int | None]:
    """Write results into files.

    Parameters
    ----------
    spark : SparkSession
        Whose jobs the bar shows.
    results : DataFrame
        What to write.
    form : Format
        The files' format.
    place : str
        A folder, or its URI.
    overwrite : bool
        Whether a folder that exists is replaced.
    missing : Column, optional
        Whether a row has no answer. None if such a row fails the job.
    expected : Rows, optional
        The rows that there are, for the bar.

    Returns
    -------
    tuple of int, float and (int or None)
        Rows written, the job's seconds, and rows without an answer.
    """
    from pyspark.sql import Observation
    from pyspark.sql.functions import count, when

    from tfpredict.jobs import watch

    seen = None
    if missing is not None:
        seen = Observation("tfpredict")
        results = results.observe(seen, count(when(missing, 1)).alias("missing"))
    writer = (_as_text(results) if form is Format.csv else results).write.format(form.value)
    if form is Format.csv:
        writer = writer.option("header", "true")
    began = time.monotonic()
    with watch(spark) as watched:
        with shown(watched, expected):
            writer.mode("overwrite" if overwrite else "errorifexists").save(place)
        seconds = time.monotonic() - began
        rows = watched.settled().rows_written
    return rows, seconds, None if seen is None else seen.get["missing"]


def _as_text(results: DataFrame) -> DataFrame:
    """Return results with arrays and structs as JSON, since CSV has single values only."""
    from pyspark.sql.functions import to_json
    from pyspark.sql.types import ArrayType, MapType, StructType

    return results.select(
        *(
            to_json(column(field.name)).alias(field.name)
            if isinstance(field.dataType, (ArrayType, MapType, StructType))
            else column(field.name)
            for field in results.schema
        )
    )
