"""Models as functions: of SQL by a name, and of DataFrame columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tfpredict import _doors, _words
from tfpredict.inspection import ColumnInfo
from tfpredict.models import RegisteredModel

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from pyspark.sql import Column, DataFrame, SparkSession


def register(
    spark: SparkSession,
    path: str | os.PathLike[str],
    name: str = "tfpredict",
    *,
    version: int | Literal["latest"] | None = None,
    tags: str | Sequence[str] = ("serve",),
    signature: str = "serving_default",
    outputs: str | Sequence[str] | None = None,
    batch_size: int | None = None,
    on_error: Literal["fail", "null", "struct"] = "fail",
    model_version: bool = False,
    replace: bool = False,
) -> RegisteredModel:
    """Make a model a SQL function of this SparkSession.

    The version is decided and the signature read on the driver, without TensorFlow; each
    executor loads the model when its first row arrives. Registering again under a name takes
    its place.

    Parameters
    ----------
    spark : SparkSession
        A session that ``configure`` made; or one of Spark Connect, on Spark 4, whose server has
        the plugin. The path is the server's then, and the name ends with the session.
    path : str or path-like
        A folder of version folders, or one that holds ``saved_model.pb``.
    name : str
        Letters, digits and underscores.
    version : int or "latest", optional
        The version to use; by default the highest complete one, until `refresh`. ``"latest"`` is
        the highest complete one at the start of each query, or of a stream's micro-batch: a new
        version is tried on one executor first, and one that fails there, or answers the examples
        kept with it wrongly, leaves the version before it serving, as the driver's log says.
    tags : sequence of str
        The tags of the graph; one string may hold several, as ``"serve,gpu"`` does.
    signature : str
        The signature that serves.
    outputs : sequence of str, optional
        The outputs that are wanted, in this order; by default all, in the order of their names.
        One string is one output.
    batch_size : int, optional
        Rows that go through the model at once, at most; by default what the setting
        ``spark.tfpredict.batch.rows`` says.
    on_error : {"fail", "null", "struct"}
        What becomes of a row that the model cannot take, which costs its neighbours nothing:
        its task fails and says which row and why, or the row's result is null, or every result
        is a struct of ``value`` and ``error``. ``spark.tfpredict.errors.max`` bounds how many of
        them a task may have.
    model_version : bool
        Whether every result is a struct of ``value`` and ``model_version``.
    replace : bool
        Whether the name may be that of a function which is no model's, such as ``sum``;
        `unregister` puts that one back.

    Returns
    -------
    RegisteredModel
        What was decided.

    Raises
    ------
    ModelNotFoundException
        If there is no complete model at the path, or not that version of it.
    ModelLoadException
        If its files are damaged.
    SignatureException
        If it has no such tags or signature, or tensors that cannot be mapped to columns.
    UnsupportedModelException
        If it uses what the runtime lacks.
    TfpredictException
        If the jar or a Connect server's plugin is missing, or there is no SparkSession.
    ValueError
        If the batch size is less than 1, or `on_error` or `version` is another word.
    TypeError
        If an argument is of another type.
    IllegalArgumentException
        PySpark's own, if the name is none, or is that of another function.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> model = tfpredict.register(spark, linear_model)
    >>> [column.describe() for column in model.inputs]
    ['inputs float32[?, 2]']
    >>> spark.sql("SELECT tfpredict(array(1.0, 2.0)) AS y_pred").first()
    Row(y_pred=3.0195960998535156)

    >>> model = tfpredict.register(spark, linear_model, "checked", on_error="struct")
    >>> spark.sql("SELECT checked(array(1.0)).error AS why").first().why
    'expected for input inputs float32[?, 2] an array of 2 at depth 1, found one of 1 in the row'
    """
    found = _doors.call(
        spark,
        "register",
        spark,
        _words.path_of(path),
        _words.name_of("name", name),
        {
            **_options(version, tags, signature, outputs, batch_size, on_error, model_version),
            "replace": _words.flag_of("replace", replace),
        },
    )
    return _registered(found)


def refresh(spark: SparkSession, name: str = "tfpredict") -> RegisteredModel:
    """Give a registered name to the model's version that is newest now.

    One executor loads it and replays the examples that are kept with it, before it takes the
    place of the version that serves. Queries that are written from now on use it. A function that
    was registered with ``version="latest"`` needs no refresh.

    Parameters
    ----------
    spark : SparkSession
        The session in which the name is registered.
    name : str
        As `register` was given it, or as the setting ``spark.tfpredict.models.<name>`` has it.

    Returns
    -------
    RegisteredModel
        What serves now.

    Raises
    ------
    TfpredictException
        As `register` does, and if the newest version fails its trial; the name keeps the version
        that it has.
    IllegalArgumentException
        PySpark's own, if no model has the name.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> model = tfpredict.register(spark, linear_model, "refreshed")
    >>> tfpredict.refresh(spark, "refreshed").version
    1
    """
    return _registered(_doors.call(spark, "refresh", spark, _words.name_of("name", name)))


def unregister(spark: SparkSession, name: str = "tfpredict") -> None:
    """Take a name from its model, in this session.

    A function whose place the model had taken has the name again. SQL's
    ``DROP TEMPORARY FUNCTION`` does the same, where there was none.

    Parameters
    ----------
    spark : SparkSession
        The session in which the name is registered.
    name : str
        As `register` was given it, or as the setting ``spark.tfpredict.models.<name>`` has it;
        other sessions keep it.

    Raises
    ------
    IllegalArgumentException
        PySpark's own, if no model has the name.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> model = tfpredict.register(spark, linear_model, "passing")
    >>> tfpredict.unregister(spark, "passing")
    >>> [model.name for model in tfpredict.registered(spark) if model.name == "passing"]
    []
    """
    _doors.call(spark, "unregister", spark, _words.name_of("name", name))


def registered(spark: SparkSession) -> list[RegisteredModel]:
    """Return the models that have a name in this session's SQL, in the order of their names.

    Those that the configuration names are among them, and are read for it.

    Parameters
    ----------
    spark : SparkSession
        The session.

    Returns
    -------
    list of RegisteredModel
        One that cannot serve has its reason as `problem`.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> model = tfpredict.register(spark, linear_model, "listed")
    >>> model in tfpredict.registered(spark)
    True
    """
    return [_registered(found) for found in _doors.call(spark, "registered", spark)]


def _registered(found: Any) -> RegisteredModel:
    return RegisteredModel(
        name=found["name"],
        path=found["path"],
        version=found["version"],
        signature=found["signature"],
        fingerprint=found["fingerprint"],
        inputs=tuple(map(ColumnInfo.of, found["inputs"])),
        outputs=tuple(map(ColumnInfo.of, found["outputs"])),
        problem=found["problem"],
    )


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

    Over Spark Connect the server reads the model each time it analyses a DataFrame with the column,
    so that a missing model is an error there and not here.

    Parameters
    ----------
    path : str or path-like
        A folder of version folders, or one that holds ``saved_model.pb``.
    *columns : str or Column
        One for each input of the signature. Columns that have exactly the inputs' names go by
        name, in any order; others in the order of ``RegisteredModel.inputs``. Or one struct, whose
        fields go by name; or one dict of inputs' names and columns.
    **inputs : str or Column
        Columns by their inputs' names. An input that is called as an option goes into the dict.
    version, tags, signature, outputs, batch_size, on_error, model_version
        As for `register`.

    Returns
    -------
    Column
        A single value where the output is ``[batch]`` or ``[batch, 1]``, else an array, nested as
        the output is; a struct of these, by the outputs' names, where there are several.

    Raises
    ------
    TfpredictException
        As `register` does, and if no SparkSession is active.
    TypeError
        If an argument is no column, such as an array of NumPy: values go into a table first.

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
    options = _options(version, tags, signature, outputs, batch_size, on_error, model_version)
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


def _options(
    version: object,
    tags: object,
    signature: object,
    outputs: object,
    batch_size: object,
    on_error: object,
    model_version: object,
) -> dict[str, Any]:
    # By the names that settings have, too; what is None has its default.
    return {
        "version": _words.version_of(version),
        "tags": _words.tags_of(tags),
        "signature": _words.name_of("signature", signature),
        "outputs": _words.outputs_of(outputs),
        "batchSize": _words.batch_size_of(batch_size),
        "onError": _words.on_error_of(on_error),
        "modelVersion": _words.flag_of("model_version", model_version),
    }
