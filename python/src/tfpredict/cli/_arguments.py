"""How the columns of a table become the inputs of a model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict.cli._near import suggestion
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from tfpredict.inspection import ColumnInfo

_SHOWN = 12


@dataclass(frozen=True)
class Input:
    """One input of a model, as a row has it.

    Attributes
    ----------
    described : str
        Name, dtype and shape, for messages.
    name : str
        Its name.
    dtype : str
        Such as ``float32``.
    dims : tuple of int or None
        A row's dimensions, without the batch. None where the signature leaves the rank open.
    """

    described: str
    name: str
    dtype: str
    dims: tuple[int | None, ...] | None

    @property
    def numbers(self) -> int | None:
        """How many numbers a row has; None where the signature leaves that open."""
        if self.dims is None or None in self.dims:
            return None
        return math.prod(dim for dim in self.dims if dim is not None)


def input_of(tensor: ColumnInfo) -> Input:
    """Return an input of a registered model as a row has it, without the batch."""
    dims = None if tensor.shape is None else tensor.shape[1:]
    return Input(tensor.describe(), tensor.name, tensor.dtype, dims)


def column_name(table: DataFrame, wanted: str, option: str) -> str:
    """Return a column's name as the table spells it; refuse one that is not there."""
    names = {name.lower(): name for name in table.columns}
    if wanted.lower() not in names:
        some = ", ".join(table.columns[:_SHOWN]) + (", …" if len(table.columns) > _SHOWN else "")
        raise TfpredictException(
            f"{option} {wanted}: the input has no such column"
            f"{suggestion(wanted, table.columns)} It has {some}."
        )
    return names[wanted.lower()]


def column(name: str) -> Column:
    """Return a column by a name that may hold any character."""
    from pyspark.sql.functions import col

    return col("`" + name.replace("`", "``") + "`")


def arguments(
    table: DataFrame, tensors: Sequence[ColumnInfo], wanted: Sequence[str] | None
) -> list[Column]:
    """Return one column for each input of a model.

    Columns that the user names stand for the inputs in their order. If one input takes several
    numbers, as many columns of single values become one array. If the user names none, the
    columns with the inputs' own names are taken, or the only ones that fit.

    Parameters
    ----------
    table : DataFrame
        The input.
    tensors : sequence of ColumnInfo
        The model's inputs, in order.
    wanted : sequence of str, optional
        Columns that the user names.

    Raises
    ------
    TfpredictException
        If there are no such columns, or they do not fit the inputs.
    """
    inputs = [input_of(tensor) for tensor in tensors]
    if wanted is None:
        names = _meant(table, inputs)
    else:
        names = [column_name(table, name, "--columns") for name in wanted]
    if len(names) == len(inputs):
        return [_one(table, each, name) for each, name in zip(inputs, names)]
    if len(inputs) == 1 and all(is_single(table, name) for name in names):
        return [_gathered(inputs[0], names)]
    raise TfpredictException(
        f"--columns names {len(names)} columns, and the model has {len(inputs)} inputs: "
        f"{', '.join(each.described for each in inputs)}. Name one for each, in this order."
    )


def _meant(table: DataFrame, inputs: Sequence[Input]) -> list[str]:
    names = {name.lower(): name for name in table.columns}
    if all(each.name.lower() in names for each in inputs):
        return [names[each.name.lower()] for each in inputs]
    if len(inputs) == 1:
        several = [name for name in table.columns if not is_single(table, name)]
        if len(several) == 1:
            return several
        numeric = [name for name in table.columns if is_number(table, name)]
        if not several and numeric and inputs[0].numbers == len(numeric):
            return numeric
    raise TfpredictException(
        f"the model takes {', '.join(each.described for each in inputs)}, and the input has "
        f"{', '.join(table.columns[:_SHOWN])}: name the columns with --columns."
    )


def _one(table: DataFrame, each: Input, name: str) -> Column:
    if each.dims and is_single(table, name):
        return _gathered(each, [name])
    return column(name)


def _gathered(each: Input, names: Sequence[str]) -> Column:
    from pyspark.sql.functions import array

    # Open inner dimensions do not say how a flat array would be cut.
    fits = each.numbers == len(names) or (each.dims is not None and len(each.dims) == 1)
    if not fits or each.numbers not in (None, len(names)):
        takes = "arrays" if each.numbers is None else f"{each.numbers} numbers"
        raise TfpredictException(
            f"the model's input {each.described} takes {takes} a row, and {len(names)} single "
            f"{'column is' if len(names) == 1 else 'columns are'} named for it: "
            f"{', '.join(names[:_SHOWN])}."
        )
    return array(*map(column, names))


def is_number(table: DataFrame, name: str) -> bool:
    """Whether a column holds one number a row."""
    from pyspark.sql.types import NumericType

    return isinstance(table.schema[name].dataType, NumericType)


def is_single(table: DataFrame, name: str) -> bool:
    """Whether a column holds one value a row, and no array, map or struct."""
    from pyspark.sql.types import ArrayType, MapType, StructType, UserDefinedType

    several = (ArrayType, MapType, StructType, UserDefinedType)
    return not isinstance(table.schema[name].dataType, several)
