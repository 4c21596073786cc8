"""Finds text in a CSV column of numbers, and says where it stands.

Spark reads such a column as text, all of it, and would blame the model's input for it.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from tfpredict.cli._arguments import column_name, input_of, is_number
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyspark.sql import DataFrame

    from tfpredict.inspection import ColumnInfo


@dataclass(frozen=True)
class _Counted:
    name: str
    cells: int
    texts: int


def check_cells(
    table: DataFrame,
    tensors: Sequence[ColumnInfo],
    wanted: Sequence[str] | None,
    options: Mapping[str, str],
    told: str | None,
) -> None:
    """Refuse text where the model takes numbers, with its file, its line and its column.

    Parameters
    ----------
    table : DataFrame
        Read from CSV with inferred types.
    tensors : sequence of ColumnInfo
        The model's inputs.
    wanted : sequence of str, optional
        The columns that the user named for them.
    options : mapping
        What Spark's reader was given.
    told : str, optional
        What to call the file, where its own name would say nothing.

    Raises
    ------
    TfpredictException
        If a cell or all cells of a column are text.
    """
    names = _candidates(table, tensors, wanted)
    counted = _counted(table, names) if names else []
    wrong = [each for each in counted if each.texts > 0]
    empty = [each for each in counted if each.cells == 0]
    if empty and not wrong and (wanted is not None or _fits(table, tensors, empty)):
        where = told or ", ".join(table.inputFiles()[:1])
        raise TfpredictException(
            f"input {where}: the columns {', '.join(each.name for each in empty)} hold no value. "
            "Expected: numbers. Fix: give a file with rows, or give Parquet, which keeps types."
        )
    if wanted is None:
        # Columns of words are no numbers with an error in them.
        wrong = [each for each in wrong if 2 * each.texts < each.cells]
        if not _fits(table, tensors, wrong):
            return
    for each in wrong:
        _refuse(table, tensors, each, options, told)


def _candidates(
    table: DataFrame, tensors: Sequence[ColumnInfo], wanted: Sequence[str] | None
) -> list[str]:
    """Return the columns of text that stand where numbers go."""
    numeric = {tensor.name.lower() for tensor in tensors if tensor.dtype != "string"}
    names = list(table.columns)
    if wanted is not None:
        names = [column_name(table, name, "--columns") for name in wanted]
        if len(names) == len(tensors):
            names = [name for name, each in zip(names, tensors) if each.dtype != "string"]
    elif {tensor.name.lower() for tensor in tensors} <= {name.lower() for name in names}:
        names = [name for name in names if name.lower() in numeric]
    elif _fits(table, tensors, []):
        return []
    return [name for name in names if numeric and _is_text(table, name)]


def _is_text(table: DataFrame, name: str) -> bool:
    from pyspark.sql.types import StringType

    return isinstance(table.schema[name].dataType, StringType)


def _fits(table: DataFrame, tensors: Sequence[ColumnInfo], wrong: Sequence[_Counted]) -> bool:
    """Whether the columns of numbers, with those that should be, are what the model takes."""
    names = {each.name.lower() for each in wrong}
    if any(tensor.name.lower() in names for tensor in tensors):
        return True
    numbers = [name for name in table.columns if is_number(table, name)]
    return len(tensors) == 1 and input_of(tensors[0]).numbers == len(numbers) + len(wrong)


def _counted(table: DataFrame, names: Iterable[str]) -> list[_Counted]:
    from pyspark.sql.functions import count, expr, when

    names = list(names)
    sums = []
    for name in names:
        sums += [count(expr(_quoted(name))), count(when(expr(_is_no_number(name)), 1))]
    named = (each.alias(str(place)) for place, each in enumerate(sums))
    found = table.select(*named).collect()[0]
    return [_Counted(name, *found[2 * place : 2 * place + 2]) for place, name in enumerate(names)]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _is_no_number(name: str) -> str:
    quoted = _quoted(name)
    return f"{quoted} IS NOT NULL AND try_cast({quoted} AS DOUBLE) IS NULL"


def _refuse(
    table: DataFrame,
    tensors: Sequence[ColumnInfo],
    wrong: _Counted,
    options: Mapping[str, str],
    told: str | None,
) -> None:
    from pyspark.sql.functions import expr, input_file_name

    bad = table.select(input_file_name(), expr(_quoted(wrong.name)))
    file, text = bad.where(_is_no_number(wrong.name)).head(1)[0]
    path = Path(unquote(urlparse(file).path)) if file.startswith("file:") else None
    line = None if path is None else _line(path, table.columns.index(wrong.name), text, options)
    where = told or (file if path is None else str(path))
    place = f"{where}, {'' if line is None else f'line {line}, '}column {wrong.name}"
    expected = ", ".join(input_of(tensor).described for tensor in tensors)
    if wrong.texts == wrong.cells:
        raise TfpredictException(
            f"input {place}: every cell of the column is text, such as {text!r}. Expected: numbers "
            f"for the model's input {expected}. Fix: name other columns with --columns."
        )
    as_null = quote(f"nullValue={text}")
    others = "" if wrong.texts == 1 else f" ({wrong.texts:,} cells of this column are text)"
    raise TfpredictException(
        f"input {place}: found the text {text!r}{others}. Expected: a number. Fix: correct the "
        f"cell or remove the row; or give its row no answer, with --read {as_null} "
        "--on-error null."
    )


def _line(path: Path, place: int, text: str, options: Mapping[str, str]) -> int | None:
    """Return the line of a file in which a cell stands, counted from 1; None if it is not found."""
    separator = options.get("sep", options.get("delimiter", ","))
    opened: Any = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding=options.get("encoding", "utf-8"), newline="") as lines:
            reader = csv.reader(lines, delimiter=separator)
            for row in reader:
                if place < len(row) and row[place].strip() == text.strip():
                    return int(reader.line_num)
    except (OSError, ValueError, TypeError, LookupError, csv.Error):
        return None  # in another form than this reads; Spark has read it
    return None
