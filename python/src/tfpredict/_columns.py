"""Turns the arguments of a call from Python into columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import ARGUMENT_TYPE

if TYPE_CHECKING:
    from pyspark.sql import Column


def as_column(value: Any, place: object) -> Column:
    """Return a column as it is, or the column of a name. Refuse values: they need a table.

    Parameters
    ----------
    value : str or Column
        An argument of ``predict``.
    place : object
        The argument's place or name, for the error.
    """
    from pyspark.sql import Column
    from pyspark.sql.functions import col

    if isinstance(value, Column):
        return value
    if isinstance(value, str):
        return col(value)
    kind = type(value)
    found = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    raise ARGUMENT_TYPE.error(
        TypeError,
        f"a column or its name as argument {place} of predict",
        found,
        "Put values into a table with spark.createDataFrame, and call predict in its select. "
        "A constant is pyspark.sql.functions.lit(value).",
    )
