"""Shows a model's signatures and whether they can run, from its files alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfpredict import _jvm

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class ColumnInfo:
    """One input or output of a signature.

    Attributes
    ----------
    name : str
        Its name in the signature.
    tensor : str
        The tensor in the graph, such as ``serving_default_inputs:0``.
    dtype : str
        TensorFlow's name of the dtype, such as ``float32``.
    shape : tuple of int or None, or None
        Dimensions, the batch first. An unknown one is None; None alone is an unknown rank.
    spark_type : str or None
        The column's type in SQL; None if Spark has none for the dtype.

    Examples
    --------
    >>> ColumnInfo("x", "serving_default_x:0", "float32", (None, 2), "ARRAY<FLOAT>").describe()
    'x float32[?, 2]'
    """

    name: str
    tensor: str
    dtype: str
    shape: tuple[int | None, ...] | None
    spark_type: str | None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> ColumnInfo:
        """Make one from the JVM's report, which has the same names.

        Examples
        --------
        >>> told = {"name": "x", "tensor": "x:0", "dtype": "int64", "shape": [None]}
        >>> ColumnInfo.of({**told, "spark_type": "BIGINT"}).shape
        (None,)
        """
        shape = told["shape"]
        return cls(**{**told, "shape": None if shape is None else tuple(shape)})

    def describe(self) -> str:
        """Return name, dtype and shape, as messages show them.

        Examples
        --------
        >>> ColumnInfo("x", "x:0", "float32", None, None).describe()
        'x float32[any rank]'
        """
        if self.shape is None:
            return f"{self.name} {self.dtype}[any rank]"
        dims = ", ".join("?" if dim is None else str(dim) for dim in self.shape)
        return f"{self.name} {self.dtype}[{dims}]"


@dataclass(frozen=True)
class SignatureInfo:
    """A signature, and whether it can run.

    Attributes
    ----------
    name : str
        Its name.
    runs : bool
        Whether it can run.
    ops : int
        Number of nodes that it runs, with those of loading and of library functions.
    inputs, outputs : tuple of ColumnInfo
        In the order of the SQL function's arguments and results.
    rewrites : tuple of (str, int)
        Changes that let the runtime run it, each with its number of nodes. They do not change the
        results.
    refusals : tuple of str
        Why it cannot run.
    random : bool
        Whether its outputs depend on random numbers. Spark then treats a call like ``rand()``.

    Examples
    --------
    >>> SignatureInfo("serving_default", True, 12, (), (), (), ()).runs
    True
    """

    name: str
    runs: bool
    ops: int
    inputs: tuple[ColumnInfo, ...]
    outputs: tuple[ColumnInfo, ...]
    rewrites: tuple[tuple[str, int], ...]
    refusals: tuple[str, ...]
    random: bool = False


@dataclass(frozen=True)
class ModelInfo:
    """The report of `inspect`.

    Attributes
    ----------
    path : str
        The model's folder, absolute.
    version : int or None
        The version; None for a model without version folders.
    fingerprint : str
        Identifies the model's files: other files have another fingerprint.
    tags : tuple of tuple of str
        The tags of each graph in the file. All else is about the graph that was asked for.
    producer : str
        Version of the TensorFlow that wrote it.
    ops : int
        Number of nodes of the graph and of its library functions.
    runs : bool
        Whether at least one signature can run.
    examples : tuple of str
        The signatures with examples, which `verify` runs again.
    signatures : tuple of SignatureInfo
        Ordered by name.

    Examples
    --------
    >>> ModelInfo("/m", 1, "0f", (("serve",),), "2.21.0", 40, True, (), ()).version
    1
    """

    path: str
    version: int | None
    fingerprint: str
    tags: tuple[tuple[str, ...], ...]
    producer: str
    ops: int
    runs: bool
    examples: tuple[str, ...]
    signatures: tuple[SignatureInfo, ...]


def inspect(
    path: str | os.PathLike[str],
    *,
    version: int | None = None,
    tags: str | Sequence[str] = ("serve",),
) -> ModelInfo:
    """Show a model's signatures and whether they can run.

    A JVM of its own reads the model's files and loads nothing. It needs Spark's jars, from PySpark
    or ``SPARK_HOME``, and no running Spark or TensorFlow.

    Parameters
    ----------
    path : str or path-like
        The model's folder: one of version folders, or one with ``saved_model.pb``.
    version : int, optional
        The version. By default the highest complete one.
    tags : str or sequence of str
        The tags of the graph; one string may hold several, as ``"serve,gpu"``.

    Returns
    -------
    ModelInfo
        Signatures that cannot run are in it too, with the reasons.

    Raises
    ------
    ModelNotFoundException
        If the path has no complete model, or not that version.
    ModelLoadException
        If the model's files are damaged.
    SignatureException
        If no graph has these tags.
    TfpredictException
        If Java or Spark's jars are missing.

    Examples
    --------
    >>> import tfpredict
    >>> info = tfpredict.inspect(linear_model)
    >>> info.runs, info.tags
    (True, (('serve',),))
    >>> info.signatures[0].inputs[0].describe(), info.signatures[0].inputs[0].spark_type
    ('inputs float32[?, 2]', 'ARRAY<FLOAT>')
    """
    found = _jvm.run("inspect", path, version, tags)
    found["tags"] = tuple(map(tuple, found["tags"]))
    found["examples"] = tuple(found["examples"])
    found["signatures"] = tuple(_signature(**signature) for signature in found["signatures"])
    return ModelInfo(**found)


def _signature(
    inputs: Any, outputs: Any, rewrites: Any, refusals: Any, **rest: Any
) -> SignatureInfo:
    return SignatureInfo(
        inputs=tuple(ColumnInfo.of(column) for column in inputs),
        outputs=tuple(ColumnInfo.of(column) for column in outputs),
        rewrites=tuple((rewrite["what"], rewrite["nodes"]) for rewrite in rewrites),
        refusals=tuple(refusals),
        **rest,
    )
