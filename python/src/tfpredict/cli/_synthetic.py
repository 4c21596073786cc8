"""Makes up rows for a model from its inputs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfpredict.cli._arguments import Input, column
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

_BYTES = {"float64": 8, "int64": 8, "string": 16, "bool": 1, "uint8": 1}


def row_bytes(inputs: Sequence[Input], open_dim: int) -> int:
    """Return the approximate bytes of one row of the inputs."""
    total = 0
    for each in inputs:
        size = _BYTES.get(each.dtype, 4)
        for dim in each.dims or ():
            size *= open_dim if dim is None else dim
        total += size
    return max(total, 1)


def rows(spark: SparkSession, inputs: Sequence[Input], count: int, open_dim: int) -> DataFrame:
    """Return made-up rows, one column for each input. Open dimensions have a given length."""
    table = spark.range(count)
    return table.select(*(_values(each, open_dim).alias(each.name) for each in inputs))


def _values(each: Input, open_dim: int) -> Column:
    from pyspark.sql.functions import array_repeat

    if each.dims is None:
        raise TfpredictException(f"input {each.described}: rows of any rank cannot be made up.")
    value = _value(each)
    # Where the shape is known a flat array will do, as in most tables.
    dims = [each.numbers] if each.dims and each.numbers is not None else list(each.dims)
    for dim in reversed(dims):
        value = array_repeat(value, open_dim if dim is None else dim)
    return value


def _value(each: Input) -> Column:
    from pyspark.sql.functions import concat, lit

    row = column("id")
    kinds = {
        "float32": ((row % 1000) / 1000).cast("float"),
        "float64": (row % 1000) / 1000,
        # Even a small embedding table has the indices 0 and 1.
        "int32": (row % 2).cast("int"),
        "int64": row % 2,
        "uint8": (row % 256).cast("smallint"),
        "bool": row % 2 == 0,
        "string": concat(lit("word"), (row % 1000).cast("string")),
    }
    return kinds[each.dtype]
