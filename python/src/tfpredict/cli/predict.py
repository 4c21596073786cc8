"""``tfpredict predict``: runs a model over files or a table, and writes the answers."""

from __future__ import annotations

import enum
import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

import tfpredict
from tfpredict.cli import _tables
from tfpredict.cli._arguments import arguments, column, column_name
from tfpredict.cli._cells import check_cells
from tfpredict.cli._expected import expected_rows
from tfpredict.cli._models import check_model
from tfpredict.cli._options import Conf, Json, Master, Signature, Tags
from tfpredict.cli._output import STANDARD, is_one_file
from tfpredict.cli._places import folder_of, input_place, output_place, removed_if_killed
from tfpredict.cli._progress import is_shown, said
from tfpredict.cli._session import is_local, pairs, session
from tfpredict.cli._summary import Summary
from tfpredict.cli._tables import TEXT, Format
from tfpredict.cli._writing import write
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


class OnError(str, enum.Enum):
    """What happens to a row that the model rejects.

    Examples
    --------
    >>> OnError("null").value
    'null'
    """

    fail = "fail"
    null = "null"
    struct = "struct"


@dataclass(frozen=True)
class _Asked:
    model: str
    source: str
    columns: list[str] | None
    keep: list[str] | None
    name: str
    limit: int | None


def command(
    model: Annotated[
        str, typer.Argument(help="The model's folder, or its URI on a file system of Hadoop.")
    ],
    source: Annotated[
        str,
        typer.Option(
            "--input",
            "-i",
            help="Parquet, CSV, JSON or ORC files, a table, or - for standard input.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="One file if the name ends in .csv, .json, .jsonl or .ndjson; else a folder of "
            "files. - is standard output.",
        ),
    ],
    columns: Annotated[
        Optional[str],
        typer.Option(
            help="Columns for the model, with commas: one for each input, in the order that "
            "inspect shows. For one input of n numbers, n columns of numbers."
        ),
    ] = None,
    keep: Annotated[
        Optional[str],
        typer.Option(help="Input columns to write too, with commas. All by default, '' for none."),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the predictions' column.")] = "y_pred",
    limit: Annotated[
        Optional[int], typer.Option("--limit", "-n", min=1, help="Maximum number of input rows.")
    ] = None,
    form: Annotated[
        Optional[Format],
        typer.Option(
            "--format",
            help="Format of the output. By default the output's name tells it, or else the "
            "input's format is used.",
        ),
    ] = None,
    input_format: Annotated[
        Optional[Format],
        typer.Option(
            help="Format of the input, if its name does not end in it. CSV for standard input."
        ),
    ] = None,
    read: Annotated[
        Optional[list[str]],
        typer.Option(metavar="KEY=VALUE", help="Option for Spark's reader, such as sep=; for CSV."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it exists.")
    ] = False,
    version: Annotated[
        Optional[str],
        typer.Option(help="Version of the model: a number or latest. The highest by default."),
    ] = None,
    tags: Tags = "serve",
    signature: Signature = "serving_default",
    outputs: Annotated[
        Optional[str],
        typer.Option(help="Outputs of the model to write, with commas. All by default."),
    ] = None,
    batch_size: Annotated[
        Optional[int], typer.Option(min=1, help="Maximum number of rows in one run of the model.")
    ] = None,
    on_error: Annotated[
        OnError,
        typer.Option(
            help="What to do with a row that the model rejects: fail, write null, or write a "
            "struct with the reason."
        ),
    ] = OnError.fail,
    model_version: Annotated[
        bool, typer.Option("--model-version", help="Write the model's version beside each answer.")
    ] = False,
    master: Master = None,
    conf: Conf = None,
    as_json: Json = False,
    debug: bool = False,
) -> None:
    r"""Run a model over files or a table, and write the answers beside their rows.

    Ctrl-C cancels the job, and nothing is written. Example: tfpredict predict data/linear_model
    --input points.csv --columns x0,x1 --output predictions.csv

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> (tmp_path / "points.csv").write_text("x0,x1\n1,2\n3,5\n")
    14
    >>> command(str(linear_model), str(tmp_path / "points.csv"), str(tmp_path / "y.csv"))
    2 rows in ... s, ... rows/s
    y_pred of version 1 of ... in .../y.csv (csv, one file, ... KB)
    """
    settings = pairs(conf or [], "--conf")
    reading = pairs(read or [], "--read")
    local = is_local(master, settings)
    wanted = _version(version)
    _check_standard(source, output, form, input_format, local)
    if local:
        if source != STANDARD:
            _tables.check(source)
        check_model(model)
    with input_place(source, input_format) as (place_read, told):
        asked = _Asked(model, place_read, _words(columns), _words(keep), name, limit)
        with (
            output_place(output, overwrite, place_read, local) as place,
            session("predict", master, settings, debug) as spark,
            removed_if_killed(spark, place, local),
            # What this process copied goes with Spark's JVM too, if this process is killed.
            removed_if_killed(spark, folder_of(place_read, told), local),
        ):
            with said(f"reading {told or source}"):
                table, read_form = _tables.read(spark, place_read, input_format, reading)
            with said(f"reading the model {model}"):
                registered = tfpredict.register(
                    spark,
                    model,
                    "tfpredict_cli",
                    version=wanted,
                    tags=tags,
                    signature=signature,
                    outputs=_words(outputs),
                    batch_size=batch_size,
                    on_error=on_error.value,
                    model_version=model_version,
                )
            if read_form is Format.csv:
                with said(f"checking the numbers of {told or source}"):
                    check_cells(table, registered.inputs, asked.columns, reading, told)
            written = _format(form, output, read_form)
            results = _results(table, registered, asked)
            if is_one_file(output) and written is Format.csv:
                _check_header(results)
            expected = None
            if local and is_shown():
                with said("counting rows"):
                    expected = expected_rows(table, place_read, read_form, limit)
            rows, seconds, missing = write(
                spark,
                results,
                written,
                place,
                overwrite,
                _missing(name, on_error, model_version),
                expected,
            )
    done = Summary(
        rows,
        round(seconds, 3),
        round(rows / max(seconds, 1e-9)),
        missing,
        output,
        written.value,
        registered.path,
        registered.version,
    )
    # Beside the results, where these are on standard output.
    summary = sys.stderr if output == STANDARD else sys.stdout
    print(json.dumps(asdict(done)) if as_json else done.words(name), file=summary)


def _check_standard(
    source: str, output: str, form: Format | None, input_format: Format | None, local: bool
) -> None:
    if STANDARD in (source, output) and not local:
        raise typer.BadParameter(
            "- needs a Spark on this machine: give --master 'local[*]', or name files that the "
            "cluster can reach."
        )
    if source == STANDARD and input_format not in (None, *TEXT):
        raise typer.BadParameter("--input -: standard input is csv or json.")
    if is_one_file(output) and form not in (None, *TEXT):
        raise typer.BadParameter(
            f"--output {output} is one file of text, and --format {form.value} writes a folder: "
            "give a name without an ending, or another format."
        )


def _format(form: Format | None, output: str, read_form: Format) -> Format:
    found = form or _tables.format_of(output)
    if found is None and output == STANDARD:
        return read_form if read_form in TEXT else Format.csv
    return found or read_form


def _check_header(results: DataFrame) -> None:
    for name in results.columns:
        if "\n" in name or "\r" in name:
            raise TfpredictException(
                f"the column {name!r} has a line break in its name, and one CSV file cannot hold "
                "it here: leave it out of --keep, or name a folder as the output."
            )


def _words(given: str | None) -> list[str] | None:
    return None if given is None else [word.strip() for word in given.split(",") if word.strip()]


def _version(given: str | None) -> int | Literal["latest"] | None:
    if given is None:
        return None
    if given == "latest":
        return "latest"
    if given.isascii() and given.isdigit():
        return int(given)
    raise typer.BadParameter(f"{given}: expected a number or latest", param_hint="--version")


def _missing(name: str, on_error: OnError, model_version: bool) -> Column | None:
    """Return whether a row has no answer; None if such a row fails the job."""
    if on_error is OnError.fail:
        return None
    answer = column(name)
    if on_error is OnError.struct:
        return answer["error"].isNotNull()
    return (answer["value"] if model_version else answer).isNull()


def _results(table: DataFrame, registered: tfpredict.RegisteredModel, asked: _Asked) -> DataFrame:
    from pyspark.sql.functions import call_udf

    taken = arguments(table, registered.inputs, asked.columns)
    if asked.limit is not None:
        table = table.limit(asked.limit)
    if asked.keep is None:
        kept = list(table.columns)
    else:
        kept = [column_name(table, name, "--keep") for name in asked.keep]
    if asked.name.lower() in (name.lower() for name in kept):
        raise TfpredictException(
            f"the input has a column {asked.name} already: give --name another, or leave it out "
            "of --keep."
        )
    answer = call_udf(registered.name, *taken).alias(asked.name)
    return table.select(*map(column, kept), answer)
