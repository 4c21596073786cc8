"""Writes a model for programs of TensorFlow 1.15 that do not have this package."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _jvm, _words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class AdaptReport:
    """A SavedModel that was written for programs of TensorFlow 1.15.

    Attributes
    ----------
    path : str
        The model that it was made of, absolute.
    version : int or None
        The version of that; None for a model without version folders.
    folder : str
        Where it is, absolute. Its graph has the tag ``serve``.
    signatures : tuple of str
        What a program can run.
    left_out : tuple of str
        Other signatures of the model, which TensorFlow 1.15 cannot run; `inspect` says why.

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
    """Write a model as programs of TensorFlow 1.15 open it, which need nothing of this package.

    What is written computes the same, without what TensorFlow 1.15 lacks: in Java
    ``SavedModelBundle.load(folder, "serve")`` loads it. It has copies of the variables and assets,
    checksums, and the examples that were kept with the model. A JVM does it, and loads nothing:
    neither Spark nor TensorFlow need be running.

    Parameters
    ----------
    path : str or path-like
        A folder of version folders, or one that holds ``saved_model.pb``.
    folder : str or path-like
        A folder of this machine's disk, new or empty; what is missing of its path is made. It is
        written whole or not at all.
    version : int, optional
        The version to adapt; by default the highest complete one.
    tags : sequence of str
        The tags of the graph. What is written has the tag ``serve``.
    signature : str
        A signature that must run. Others are left out where they cannot.
    overwrite : bool
        Whether a SavedModel that is there already is replaced.
    conf : mapping of str to str, optional
        Settings such as ``spark.tfpredict.ops.allowed``.

    Returns
    -------
    AdaptReport
        What was written, and what was left out.

    Raises
    ------
    ModelNotFoundException, ModelLoadException, SignatureException, UnsupportedModelException
        As `register` does, if the model cannot run.
    OutputException
        If the folder is taken or cannot be written.
    TfpredictException
        If there is no Java, or no Spark.

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
