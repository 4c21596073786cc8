"""``tfpredict predict``: files or a table, through a model, into files."""

from __future__ import annotations

import contextlib
import enum
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

import tfpredict
from tfpredict.cli import _tables
from tfpredict.cli._arguments import arguments, column, column_name
from tfpredict.cli._options import Conf, Json, Signature, Tags
from tfpredict.cli._output import written_whole
from tfpredict.cli._session import deleted_if_killed, is_local, pairs, session
from tfpredict.cli._tables import Format
from tfpredict.cli._writing import write
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import Column, DataFrame, SparkSession


class OnError(str, enum.Enum):
    """What becomes of a row that the model cannot take.

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


@dataclass(frozen=True)
class _Done:
    rows: int
    seconds: float
    rows_per_second: int
    rows_without_answer: int | None
    output: str
    format: str
    model: str
    version: int | None


def command(
    model: Annotated[str, typer.Argument(help="The model's folder, or a URI that Hadoop knows.")],
    source: Annotated[
        str, typer.Option("--input", help="Parquet, CSV, JSON or ORC files, or a table.")
    ],
    output: Annotated[str, typer.Option(help="A folder for the results.")],
    columns: Annotated[
        Optional[str],
        typer.Option(
            help="Columns for the model: one for each input, in the order that inspect tells; or "
            "for one input of n numbers, n columns of numbers."
        ),
    ] = None,
    keep: Annotated[
        Optional[str],
        typer.Option(help="Columns that go into the output too; by default all, '' for none."),
    ] = None,
    name: Annotated[str, typer.Option(help="The name of the predictions' column.")] = "y_pred",
    form: Annotated[
        Optional[Format],
        typer.Option(
            "--format", help="Of the output; by default as its name ends, or the input's."
        ),
    ] = None,
    input_format: Annotated[
        Optional[Format], typer.Option(help="Where the input's names do not end in it.")
    ] = None,
    read: Annotated[
        Optional[list[str]],
        typer.Option(metavar="KEY=VALUE", help="For Spark's reader, such as sep=; for CSV."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an output that exists.")
    ] = False,
    version: Annotated[
        Optional[str],
        typer.Option(help="The version: a number; by default, and by latest, the highest one."),
    ] = None,
    tags: Tags = "serve",
    signature: Signature = "serving_default",
    outputs: Annotated[
        Optional[str],
        typer.Option(help="The outputs that are wanted, with commas; by default all."),
    ] = None,
    batch_size: Annotated[
        Optional[int], typer.Option(min=1, help="Rows that go through the model at once, at most.")
    ] = None,
    on_error: Annotated[
        OnError,
        typer.Option(
            help="Of a row that the model cannot take: fail, or answer null, or tell why."
        ),
    ] = OnError.fail,
    model_version: Annotated[
        bool, typer.Option("--model-version", help="Tell the model's version beside each answer.")
    ] = False,
    master: Annotated[
        Optional[str], typer.Option(help="Where Spark runs; by default on this machine.")
    ] = None,
    conf: Conf = None,
    as_json: Json = False,
    debug: bool = False,
) -> None:
    r"""Run a model over files or a table, and write its answers beside their rows.

    Ctrl-C cancels the job, and nothing is written. Example: tfpredict predict data/linear_model
    --input points.csv --columns x0,x1 --output predictions

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> (tmp_path / "points.csv").write_text("x0,x1\n1,2\n3,5\n")
    14
    >>> command(str(linear_model), str(tmp_path / "points.csv"), str(tmp_path / "predictions"))
    2 rows in ... s, ... rows/s
    y_pred of version 1 of ... in .../predictions (csv, ... files, ... KB)
    """
    settings = pairs(conf or [], "--conf")
    reading = pairs(read or [], "--read")
    local = is_local(master, settings)
    wanted = _version(version)
    if local:
        _tables.check(source)
        _check_model(model)
    asked = _Asked(model, source, _words(columns), _words(keep), name)
    with (
        _place(output, overwrite, source, local) as place,
        session("predict", master, settings, debug) as spark,
        _deleted_if_killed(spark, place, local),
    ):
        table, read_form = _tables.read(spark, source, input_format, reading)
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
        written = form or _tables.format_of(output) or read_form
        results = _results(table, registered, asked)
        rows, seconds, missing = write(
            spark, results, written, place, overwrite, _missing(name, on_error, model_version)
        )
    done = _Done(
        rows,
        round(seconds, 3),
        round(rows / max(seconds, 1e-9)),
        missing,
        output,
        written.value,
        registered.path,
        registered.version,
    )
    print(json.dumps(asdict(done)) if as_json else _told(done, name))


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
    """Whether a row has no answer; None where such a row fails the job."""
    if on_error is OnError.fail:
        return None
    answer = column(name)
    if on_error is OnError.struct:
        return answer["error"].isNotNull()
    return (answer["value"] if model_version else answer).isNull()


def _check_model(model: str) -> None:
    path = _tables.local_path(model)
    if path is not None and not path.exists():
        # Registering says the same, after the seconds that Spark takes to start.
        raise TfpredictException(f"model {model}: there is no such folder.")


@contextlib.contextmanager
def _place(output: str, overwrite: bool, source: str, local: bool) -> Iterator[str]:
    """Where Spark writes: beside a local output, and else there, by Spark's own committer."""
    if local and _tables.local_path(output) is not None:
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


def _deleted_if_killed(
    spark: SparkSession, place: str, local: bool
) -> contextlib.AbstractContextManager[None]:
    path = _tables.local_path(place)
    if not local or path is None:
        return contextlib.nullcontext()
    return deleted_if_killed(spark, path)


def _results(table: DataFrame, registered: tfpredict.RegisteredModel, asked: _Asked) -> DataFrame:
    from pyspark.sql.functions import call_udf

    taken = arguments(table, registered.inputs, asked.columns)
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


def _told(done: _Done, name: str) -> str:
    lines = [f"{done.rows:,} rows in {done.seconds:.1f} s, {done.rows_per_second:,} rows/s"]
    if done.rows_without_answer is not None:
        lines.append(f"{done.rows_without_answer:,} rows without an answer")
    version = "" if done.version is None else f"version {done.version} of "
    path = _tables.local_path(done.output)
    files = [] if path is None or not path.is_dir() else list(path.rglob("part-*"))
    size = sum(file.stat().st_size for file in files if file.is_file()) / 1024
    held = f", {len(files)} files, {size:,.0f} KB" if files else ""
    lines.append(f"{name} of {version}{done.model} in {done.output} ({done.format}{held})")
    return "\n".join(lines)
