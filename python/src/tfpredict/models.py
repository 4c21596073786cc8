"""Models as this package reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _doors
from tfpredict.inspection import ColumnInfo

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class RegisteredModel:
    """A model that has a name in SQL.

    Attributes
    ----------
    name : str
        The function's name.
    path : str
        Where the model is, absolute.
    version : int or None
        The version that was decided; None for a model without version folders.
    signature : str
        The signature that serves.
    fingerprint : str or None
        What tells this model's files from others.
    inputs, outputs : tuple of ColumnInfo
        As `inspect` has them, in the order of the function's arguments and results.
    problem : str or None
        Why it cannot serve, where the configuration names a model that cannot.

    Examples
    --------
    >>> x = ColumnInfo("x", "x:0", "float32", (None, 2), "ARRAY<FLOAT>")
    >>> RegisteredModel("f", "/m", 1, "serving_default", "0f", (x,), ()).inputs[0].describe()
    'x float32[?, 2]'
    """

    name: str
    path: str
    version: int | None
    signature: str
    fingerprint: str | None
    inputs: tuple[ColumnInfo, ...]
    outputs: tuple[ColumnInfo, ...]
    problem: str | None = None


@dataclass(frozen=True)
class ExecutorLoads:
    """How often one executor has loaded one model.

    Attributes
    ----------
    executor : str
        Spark's name for the executor.
    process : str
        Its JVM, as ``pid@host``.
    path : str
        Where the model is.
    version : int or None
        Which version of it.
    loads : int
        1 whatever the number of tasks; more only if it was closed in between, for want of room
        or because a later version took its place.

    Examples
    --------
    >>> ExecutorLoads("0", "17@host", "/m", 1, 1).loads
    1
    """

    executor: str
    process: str
    path: str
    version: int | None
    loads: int


def executor_loads(spark: SparkSession) -> list[ExecutorLoads]:
    """Ask every executor, by a small Spark job, which models it has loaded and how often.

    Parameters
    ----------
    spark : SparkSession
        A session that ``configure`` made, or one of Spark Connect.

    Returns
    -------
    list of ExecutorLoads
        Ordered by executor and path; an executor that has loaded nothing is not listed.

    Raises
    ------
    TfpredictException
        If the jar is missing.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> model = tfpredict.register(spark, linear_model)
    >>> row = spark.sql("SELECT tfpredict(array(1, 2))").first()
    >>> {entry.executor for entry in tfpredict.executor_loads(spark) if entry.path == model.path}
    {'driver'}
    """
    return [
        ExecutorLoads(
            executor=entry["executor"],
            process=entry["process"],
            path=entry["path"],
            version=None if entry["version"] < 0 else entry["version"],
            loads=entry["loads"],
        )
        for entry in _doors.call(spark, "executorLoads", spark)
    ]
