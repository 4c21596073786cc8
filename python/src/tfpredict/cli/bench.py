"""``tfpredict bench``: measures a model's rows per second on this machine."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

import tfpredict
from tfpredict.cli._arguments import column, input_of
from tfpredict.cli._models import check_model
from tfpredict.cli._options import Conf, Json, ModelFolder, Signature, Version
from tfpredict.cli._progress import said
from tfpredict.cli._session import is_local, pairs, session
from tfpredict.cli._synthetic import row_bytes, rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from tfpredict.cli._arguments import Input

_TABLE_BYTES = 128 << 20
_MOST_ROWS = 2_000_000
_FIRST_ROWS = 2_000


@dataclass(frozen=True)
class _Figure:
    batch_size: int
    rows_per_second: int
    slowest: int
    fastest: int


def command(
    model: ModelFolder,
    version: Version = None,
    signature: Signature = "serving_default",
    batch_sizes: Annotated[
        str, typer.Option(help="Batch sizes to try, with commas.")
    ] = "64,256,1024,4096",
    seconds: Annotated[float, typer.Option(min=0.05, help="Approximate seconds of one run.")] = 2.0,
    open_dim: Annotated[
        int, typer.Option(min=1, help="Length of dimensions that the signature leaves open.")
    ] = 16,
    master: Annotated[
        str, typer.Option(help="Spark's master. local[1] measures one core.")
    ] = "local[*]",
    conf: Conf = None,
    as_json: Json = False,
    debug: bool = False,
) -> None:
    """Measure a model's rows per second through SQL, on made-up rows in memory.

    Each batch size runs once to warm up, and three times for its median. Example: tfpredict bench
    data/linear_model --batch-sizes 256,1024

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> command(str(linear_model), batch_sizes="64", seconds=0.05, as_json=True)
    {"model": ..., "batch_sizes": [{"batch_size": 64, "rows_per_second": ...}]}
    """
    sizes = _sizes(batch_sizes)
    if is_local(master, pairs(conf or [], "--conf")):
        check_model(model)
    with (
        session("bench", master, pairs(conf or [], "--conf"), debug) as spark,
        said(f"measuring {model}"),
    ):

        def register(size: int) -> tfpredict.RegisteredModel:
            return tfpredict.register(
                spark,
                model,
                "tfpredict_cli",
                version=version,
                signature=signature,
                batch_size=size,
            )

        registered = register(max(sizes))
        inputs = [input_of(tensor) for tensor in registered.inputs]
        count = _count(spark, inputs, seconds, open_dim)
        table = rows(spark, inputs, count, open_dim).cache()
        try:
            alone = _measure(table, count)[1]
            figures = []
            for size in sizes:
                register(size)
                slowest, median, fastest = _measure(_answers(table, inputs), count)
                figures.append(_Figure(size, median, slowest, fastest))
        finally:
            table.unpersist()
        cores = spark.sparkContext.defaultParallelism
    if as_json:
        print(
            json.dumps(
                {
                    "model": registered.path,
                    "version": registered.version,
                    "inputs": [each.described for each in inputs],
                    "rows": count,
                    "cores": cores,
                    "rows_per_second_without_model": alone,
                    "batch_sizes": [asdict(figure) for figure in figures],
                }
            )
        )
    else:
        described = ", ".join(each.described for each in inputs)
        held = f"{count:,} rows of {described}, held in memory; {cores} cores"
        _show(held, figures, alone)


def _sizes(given: str) -> list[int]:
    words = [word.strip() for word in given.split(",") if word.strip()]
    if not words or not all(word.isdecimal() and int(word) > 0 for word in words):
        raise typer.BadParameter(f"--batch-sizes {given}: expected whole numbers from 1.")
    return [int(word) for word in words]


def _answers(table: DataFrame, inputs: list[Input]) -> DataFrame:
    from pyspark.sql.functions import call_udf

    return table.select(call_udf("tfpredict_cli", *(column(each.name) for each in inputs)))


def _count(spark: SparkSession, inputs: list[Input], seconds: float, open_dim: int) -> int:
    """Return how many rows take about so long, within what memory is for them."""
    most = min(_MOST_ROWS, max(_FIRST_ROWS, _TABLE_BYTES // row_bytes(inputs, open_dim)))
    count = min(_FIRST_ROWS, most)
    while True:
        table = _answers(rows(spark, inputs, count, open_dim), inputs)
        # The first run loads the model and compiles the query.
        took = min(_run(table) for _ in range(3))
        if count >= most or took >= seconds / 4:
            return max(1, min(most, round(count * seconds / took)))
        count = min(most, count * 8)


def _measure(table: DataFrame, count: int) -> tuple[int, int, int]:
    """Return the slowest, the median and the fastest of three runs, in rows a second."""
    _run(table)
    times = [_run(table) for _ in range(3)]
    worst, median, best = max(times), statistics.median(times), min(times)
    return round(count / worst), round(count / median), round(count / best)


def _run(table: DataFrame) -> float:
    began = time.monotonic()
    table.write.format("noop").mode("overwrite").save()
    return time.monotonic() - began


def _show(held: str, figures: list[_Figure], alone: int) -> None:
    console = Console(highlight=False, markup=False)
    console.print(held, soft_wrap=True)
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for header in ("batch size", "rows/s", "slowest", "fastest"):
        table.add_column(header, justify="right")
    for figure in figures:
        numbers = (figure.rows_per_second, figure.slowest, figure.fastest)
        table.add_row(f"{figure.batch_size:,}", *(f"{number:,}" for number in numbers))
    console.print(table)
    best = max(figures, key=lambda figure: figure.rows_per_second)
    console.print(
        f"best: {best.batch_size:,}; reading these rows without a model: {alone:,} rows/s",
        soft_wrap=True,
    )
