"""Makes models functions of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tfpredict import _doors, _words
from tfpredict.inspection import ColumnInfo
from tfpredict.models import RegisteredModel

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from pyspark.sql import SparkSession


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

    The driver chooses the version and reads the signature, without TensorFlow. Each executor loads
    the model when its first row arrives. A second registration under the same name replaces the
    first.

    Parameters
    ----------
    spark : SparkSession
        A session that ``configure`` made. Or, on Spark 4, a session of Spark Connect whose server
        has the plugin: then the path is on the server, and the name ends with the session.
    path : str or path-like
        The model's folder: one of version folders, or one with ``saved_model.pb``.
    name : str
        The function's name: letters, digits and underscores.
    version : int or "latest", optional
        The version. By default the highest complete one, until `refresh`. ``"latest"`` means the
        highest complete one at the start of each query, or of a stream's micro-batch. One executor
        tries a new version first. If it fails, or answers its examples wrongly, the version before
        it keeps serving, and the driver's log says so.
    tags : str or sequence of str
        The tags of the graph; one string may hold several, as ``"serve,gpu"``.
    signature : str
        The signature to run.
    outputs : sequence of str, optional
        Outputs to return, in this order. By default all, in alphabetical order. One string is one
        output.
    batch_size : int, optional
        Maximum rows per batch, at least 1. By default the setting ``spark.tfpredict.batch.rows``.
    on_error : {"fail", "null", "struct"}
        Handling of rejected rows. ``"fail"``: the task fails and names the row. ``"null"``: the
        row's result is null. ``"struct"``: every result is a struct of ``value`` and ``error``.
        Other rows are not affected. ``spark.tfpredict.errors.max`` limits rejected rows per task.
    model_version : bool
        Whether every result is a struct of ``value`` and ``model_version``.
    replace : bool
        Whether the model may replace another function of that name, such as ``sum``. `unregister`
        restores that function.

    Returns
    -------
    RegisteredModel
        The model with its version, signature, inputs and outputs.

    Raises
    ------
    ModelNotFoundException
        If the path has no complete model, or not that version.
    ModelLoadException
        If the model's files are damaged.
    SignatureException
        If the model has no such tags or signature, or tensors that no column can hold.
    UnsupportedModelException
        If the model uses an op or attribute that the runtime lacks.
    TfpredictException
        If the jar or a Connect server's plugin is missing, or there is no SparkSession.
    ValueError
        If `batch_size` is less than 1, or `on_error` or `version` has another value.
    TypeError
        If an argument has another type.
    IllegalArgumentException
        PySpark's own, if the name is not valid, or belongs to another function.

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
    '[TFPREDICT_INPUT_LENGTH] An array has a length that the model does not take. Expected: ...'
    """
    found = _doors.call(
        spark,
        "register",
        spark,
        _words.path_of(path),
        _words.name_of("name", name),
        {
            **_words.options_of(
                version, tags, signature, outputs, batch_size, on_error, model_version
            ),
            "replace": _words.flag_of("replace", replace),
        },
    )
    return _registered(found)


def refresh(spark: SparkSession, name: str = "tfpredict") -> RegisteredModel:
    """Let the model's newest version serve under a registered name.

    First one executor loads the new version and runs its examples. Queries that are written after
    that use it. A function with ``version="latest"`` needs no refresh.

    Parameters
    ----------
    spark : SparkSession
        The session with the name.
    name : str
        The name, from `register` or from a setting ``spark.tfpredict.models.<name>``.

    Returns
    -------
    RegisteredModel
        The version that serves now.

    Raises
    ------
    TfpredictException
        As by `register`, and if the newest version fails its trial. The version before it keeps
        serving.
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
    """Remove a model's name from this session.

    If the model had replaced another function, that function has the name again. Otherwise SQL's
    ``DROP TEMPORARY FUNCTION`` does the same.

    Parameters
    ----------
    spark : SparkSession
        The session with the name.
    name : str
        The name, from `register` or from a setting ``spark.tfpredict.models.<name>``. Other
        sessions keep it.

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
    """Return the models that have a name in this session's SQL, in alphabetical order.

    Models that the configuration names are among them. They are read for this.

    Parameters
    ----------
    spark : SparkSession
        The session.

    Returns
    -------
    list of RegisteredModel
        A model that cannot serve has the reason as `problem`.

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
