"""What a command reads its rows from: files or a table."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING

from tfpredict.cli._near import suggestion
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame, SparkSession

COMPRESSED = (".gz", ".bz2", ".zst", ".snappy", ".lz4", ".deflate")


class Format(str, enum.Enum):
    """The formats of files."""

    parquet = "parquet"
    csv = "csv"
    json = "json"
    orc = "orc"


# Formats of text, whose files can be joined.
TEXT = (Format.csv, Format.json)
SUFFIXES = {f".{form.value}": form for form in Format} | {
    ".jsonl": Format.json,
    ".ndjson": Format.json,
}


def format_of(name: str) -> Format | None:
    """Return the format that a file's name ends in; None where it ends in none.

    Examples
    --------
    >>> format_of("points.csv.gz").value
    'csv'
    """
    path = Path(name)
    while path.suffix.lower() in COMPRESSED:
        path = path.with_suffix("")
    return SUFFIXES.get(path.suffix.lower())


def local_path(source: str) -> Path | None:
    """Return a name on the local disk as a path; None for a name on another file system.

    Examples
    --------
    >>> str(local_path("file:///data/points.csv"))
    '/data/points.csv'
    >>> local_path("s3a://bucket/points.csv") is None
    True
    """
    if source.startswith("file:"):
        return Path("/" + source[len("file:") :].lstrip("/"))
    return None if "://" in source else Path(source)


def is_file(source: str) -> bool:
    """Tell whether a name is a file's, and not a table's."""
    path = local_path(source)
    return path is None or "/" in source or path.exists() or format_of(source) is not None


def check(source: str) -> None:
    """Refuse a local path that does not exist, before Spark starts."""
    path = local_path(source)
    if not is_file(source) or path is None or path.exists() or any(c in source for c in "*?[{"):
        return
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    raise TfpredictException(f"input {source}: there is no such file{suggestion(path.name, near)}")


def read(
    spark: SparkSession, source: str, form: Format | None, options: Mapping[str, str]
) -> tuple[DataFrame, Format]:
    """Open files or a table; return it and its format, which is Parquet for a table.

    Parameters
    ----------
    spark : SparkSession
        Where to read.
    source : str
        Files, a folder, a pattern, a URI, or a table's name.
    form : Format, optional
        The files' format, where their names do not end in it.
    options : mapping
        For Spark's reader. CSV is read with a header, and its types are inferred, unless these
        say otherwise.

    Raises
    ------
    TfpredictException
        If there is no such table, or the files' format cannot be told.
    """
    if not is_file(source):
        return _table(spark, source), Format.parquet
    form = form or _found(source)
    given = {"header": "true", "inferSchema": "true"} if form is Format.csv else {}
    return spark.read.format(form.value).options(**{**given, **options}).load(source), form


def _table(spark: SparkSession, name: str) -> DataFrame:
    if not spark.catalog.tableExists(name):
        database = name.rpartition(".")[0] or None
        known: list[str] = []
        if database is None or spark.catalog.databaseExists(database):
            tables = spark.catalog.listTables(database)
            known = [f"{database}.{t.name}" if database else t.name for t in tables]
        raise TfpredictException(
            f"input {name}: there is no such file or table{suggestion(name, known)}"
        )
    return spark.table(name)


def _found(source: str) -> Format:
    named = format_of(source.rstrip("/"))
    path = local_path(source)
    if named is not None or path is None or not path.is_dir():
        found = {named} - {None}
    else:
        files = (entry for entry in path.rglob("*") if entry.is_file())
        seen = [entry.name for entry in files if entry.name[0] not in "._"]
        if not seen:
            raise TfpredictException(f"input {source}: the folder holds no data.")
        found = {format_of(name) for name in seen} - {None}
    if len(found) != 1:
        raise TfpredictException(
            f"input {source}: its name does not end in its format; give --input-format, one of "
            f"{', '.join(form.value for form in Format)}."
        )
    return next(form for form in found if form is not None)
