"""Writes a model for programs that have TensorFlow 1.15 and not this package."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _jvm, _words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class AdaptReport:
    """The report of `adapt`.

    Attributes
    ----------
    path : str
        The original model's folder, absolute.
    version : int or None
        Its version; None for a model without version folders.
    folder : str
        The adapted model's folder, absolute. Its graph has the tag ``serve``.
    signatures : tuple of str
        The signatures that a program can run.
    left_out : tuple of str
        Signatures that TensorFlow 1.15 cannot run. `inspect` says why.

    Examples
    --------
    >>> AdaptReport("/m", 1, "/adapted", ("serving_default",), ()).folder
    '/adapted'
    """

    path: str
    version: int | None
    folder: str
    signatures: tuple[str, ...]
    left_out: tuple[str, ...]


def adapt(
    path: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    version: int | None = None,
    tags: str | Sequence[str] = ("serve",),
    signature: str = "serving_default",
    overwrite: bool = False,
    conf: Mapping[str, str] | None = None,
) -> AdaptReport:
    """Write a model so that a program with TensorFlow 1.15 opens it, without this package.

    The adapted model computes the same. In Java ``SavedModelBundle.load(folder, "serve")`` loads
    it. It has copies of the variables and assets, checksums, and the model's examples. A JVM of
    its own writes it, without a running Spark or TensorFlow.

    Parameters
    ----------
    path : str or path-like
        The model's folder: one of version folders, or one with ``saved_model.pb``.
    folder : str or path-like
        A new or empty folder on this machine's disk. Missing folders above it are made. It is
        written completely or not at all.
    version : int, optional
        The version. By default the highest complete one.
    tags : sequence of str
        The tags of the graph. The adapted graph has the tag ``serve``.
    signature : str
        A signature that must run. Others are left out if they cannot.
    overwrite : bool
        Whether a SavedModel in the folder is replaced.
    conf : mapping of str to str, optional
        Settings such as ``spark.tfpredict.ops.allowed``.

    Returns
    -------
    AdaptReport
        The signatures that were written, and those that were left out.

    Raises
    ------
    ModelNotFoundException, ModelLoadException, SignatureException, UnsupportedModelException
        As by `register`, if the model cannot run.
    OutputException
        If the folder holds something, or cannot be written.
    TfpredictException
        If Java or Spark's jars are missing.

    Examples
    --------
    >>> import tfpredict
    >>> report = tfpredict.adapt(linear_model, tmp_path / "adapted")
    >>> report.signatures, report.left_out
    (('serving_default',), ())
    >>> tfpredict.inspect(report.folder).signatures[0].outputs[0].tensor
    'StatefulPartitionedCall:0'
    """
    settings = [f"{key}={value}" for key, value in (conf or {}).items()]
    found = _jvm.run(
        "adapt",
        path,
        version,
        tags,
        os.fspath(folder),
        _words.name_of("signature", signature),
        str(_words.flag_of("overwrite", overwrite)).lower(),
        *settings,
    )
    found["signatures"] = tuple(found["signatures"])
    found["left_out"] = tuple(found["left_out"])
    return AdaptReport(**found)
