"""What a model is and whether it can run, told from its files alone."""

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
        TensorFlow's name of it.
    shape : tuple of int or None, or None
        None for an unknown dimension; None alone where even the rank is unknown.
    spark_type : str or None
        The column's type as SQL writes it; None where Spark has none for the dtype.

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
        """Return it of what the JVM tells, by the same names.

        Examples
        --------
        >>> told = {"name": "x", "tensor": "x:0", "dtype": "int64", "shape": [None]}
        >>> ColumnInfo.of({**told, "spark_type": "BIGINT"}).shape
        (None,)
        """
        shape = told["shape"]
        return cls(**{**told, "shape": None if shape is None else tuple(shape)})

    def describe(self) -> str:
        """Return it as messages name it."""
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
        Whether nothing refuses it.
    ops : int
        Nodes that it and loading need, in library functions too.
    inputs, outputs : tuple of ColumnInfo
        In the order of a function's arguments and results.
    rewrites : tuple of (str, int)
        What is changed so that the runtime can run it, without changing what it computes, and at
        how many nodes.
    refusals : tuple of str
        Why it cannot run.
    random : bool
        Whether its outputs depend on random numbers; Spark then treats a call as ``rand()``.

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
    """What `inspect` found.

    Attributes
    ----------
    path : str
        Where the model is, absolute.
    version : int or None
        The version that was looked at; None for a model without version folders.
    fingerprint : str
        What tells this model's files from others.
    tags : tuple of tuple of str
        The tags of each graph in the file; the rest is of the one that was asked for.
    producer : str
        The TensorFlow that wrote it.
    ops : int
        Nodes of the graph and of its library functions.
    runs : bool
        Whether at least one signature can run.
    examples : tuple of str
        The signatures that examples are kept for, which `verify` replays.
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
    """Tell what a model is and whether it can run.

    A JVM reads the model's files and loads nothing: neither Spark nor TensorFlow need be running.
    Spark's jars must be there, in PySpark or ``SPARK_HOME``.

    Parameters
    ----------
    path : str or path-like
        A folder of version folders, or one that holds ``saved_model.pb``.
    version : int, optional
        The version to look at; by default the highest complete one.
    tags : sequence of str
        The tags of the graph.

    Returns
    -------
    ModelInfo
        Signatures that cannot run are in it, with the reasons.

    Raises
    ------
    ModelNotFoundException
        If there is no complete model at the path, or not that version of it.
    ModelLoadException
        If its files are damaged.
    SignatureException
        If it has no graph with these tags.
    TfpredictException
        If there is no Java, or no Spark.

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
