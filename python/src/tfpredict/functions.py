"""Makes models functions of DataFrame columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tfpredict import _doors, _words

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from pyspark.sql import Column, DataFrame


def predict(
    path: str | os.PathLike[str],
    *columns: str | Column | Mapping[str, str | Column],
    version: int | Literal["latest"] | None = None,
    tags: str | Sequence[str] = ("serve",),
    signature: str = "serving_default",
    outputs: str | Sequence[str] | None = None,
    batch_size: int | None = None,
    on_error: Literal["fail", "null", "struct"] = "fail",
    model_version: bool = False,
    **inputs: str | Column,
) -> Column:
    """Return a model's prediction as a column, without registering a name.

    Over Spark Connect the server reads the model each time it analyses a DataFrame with the column.
    So a missing model raises there, and not here.

    Parameters
    ----------
    path : str or path-like
        The model's folder: one of version folders, or one with ``saved_model.pb``.
    *columns : str or Column
        One column for each input of the signature. Columns with exactly the inputs' names are
        matched by name, others by position, in the order of ``RegisteredModel.inputs``. Or one
        struct, matched by its fields' names; or one dict from inputs' names to columns.
    **inputs : str or Column
        Columns by their inputs' names. An input with the name of an option goes into the dict.
    version, tags, signature, outputs, batch_size, on_error, model_version
        As for `register`.

    Returns
    -------
    Column
        A single value if the output's shape is ``[batch]`` or ``[batch, 1]``, else an array, nested
        like the output. Several outputs are a struct of these, by the outputs' names.

    Raises
    ------
    TfpredictException
        As by `register`, and if no SparkSession is active.
    TypeError
        If an argument is not a column, such as a NumPy array. Put values into a DataFrame first.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> df = spark.createDataFrame([([1.0, 2.0],)], ["features"])
    >>> df.select(tfpredict.predict(linear_model, "features").alias("y")).first()
    Row(y=3.0195960998535156)

    >>> df.select(tfpredict.predict(linear_model, inputs="features").alias("y")).first()
    Row(y=3.0195960998535156)
    >>> df.select(tfpredict.predict(linear_model, {"inputs": df.features}).alias("y")).first()
    Row(y=3.0195960998535156)
    """
    where = _words.path_of(path)
    options = _words.options_of(
        version, tags, signature, outputs, batch_size, on_error, model_version
    )
    spark = _doors.active_session()
    arguments, names = _words.columns_of(columns, inputs)
    return _doors.predict(spark, where, arguments, names, options)


def with_predictions(
    path: str | os.PathLike[str],
    *columns: str | Column | Mapping[str, str | Column],
    output: str = "prediction",
    version: int | Literal["latest"] | None = None,
    tags: str | Sequence[str] = ("serve",),
    signature: str = "serving_default",
    outputs: str | Sequence[str] | None = None,
    batch_size: int | None = None,
    on_error: Literal["fail", "null", "struct"] = "fail",
    model_version: bool = False,
    **inputs: str | Column,
) -> Callable[[DataFrame], DataFrame]:
    """Return a step for ``DataFrame.transform`` that adds predictions as one more column.

    Parameters
    ----------
    path : str or path-like
        The model's folder.
    *columns : str or Column
        The model's inputs, as for `predict`.
    output : str
        Name of the new column. A column of that name is replaced, as by ``withColumn``.
    version, tags, signature, outputs, batch_size, on_error, model_version
        As for `register`.
    **inputs : str or Column
        Columns by their inputs' names, as for `predict`. An input with the name of an option, such
        as ``output``, goes into a dict.

    Returns
    -------
    callable
        Takes a DataFrame and returns it with the column. The model is read when it is called, so
        it raises what `predict` raises.

    Raises
    ------
    TypeError
        If `output` is not a string.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> rows = spark.createDataFrame([([1.0, 2.0],)], ["features"])
    >>> step = tfpredict.with_predictions(linear_model, "features", output="y")
    >>> rows.transform(step).first()
    Row(features=[1.0, 2.0], y=3.0195960998535156)
    """
    name = _words.name_of("output", output)

    def add(table: DataFrame) -> DataFrame:
        answer = predict(
            path,
            *columns,
            version=version,
            tags=tags,
            signature=signature,
            outputs=outputs,
            batch_size=batch_size,
            on_error=on_error,
            model_version=model_version,
            **inputs,
        )
        return table.withColumn(name, answer)

    return add
