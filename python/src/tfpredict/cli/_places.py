"""Where the rows of ``predict`` come from, and where they go."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tfpredict.cli import _standard
from tfpredict.cli._output import STANDARD, written_whole
from tfpredict.cli._session import deleted_if_killed
from tfpredict.cli._tables import Format, local_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@contextlib.contextmanager
def input_place(source: str, input_format: Format | None) -> Iterator[tuple[str, str | None]]:
    """Give the path to read, and what messages call it if that path would say nothing."""
    if source != STANDARD:
        yield source, None
        return
    with _standard.standard_input(input_format or Format.csv) as file:
        yield str(file), _standard.NAME


def folder_of(read: str, told: str | None) -> str:
    """Return the folder of a copy of standard input; an empty text if there is none."""
    return "" if told is None else read.rpartition("/")[0]


@contextlib.contextmanager
def output_place(output: str, overwrite: bool, source: str, local: bool) -> Iterator[str]:
    """Give the place where Spark writes: beside a local output, else the output itself."""
    if local and local_path(output) is not None:
        try:
            with written_whole(output, overwrite, source) as temporary:
                yield temporary.as_uri()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                "interrupted: the job was cancelled, and nothing was written."
            ) from None
    else:
        try:
            yield output
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"interrupted: the job was cancelled; see what Spark left in {output}."
            ) from None


def removed_if_killed(
    spark: SparkSession, place: str, local: bool
) -> contextlib.AbstractContextManager[None]:
    """Have Spark's JVM remove a local place if this process is killed inside the block."""
    path = local_path(place)
    if not local or not place or path is None:
        return contextlib.nullcontext()
    return deleted_if_killed(spark, path)
