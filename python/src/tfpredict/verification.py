"""Runs a model's examples again on the JVM, and compares the answers with TensorFlow's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _jvm

if TYPE_CHECKING:
    import os

TOLERANCE = 1e-5
"""Allowed difference of floats: other kernels sum in another order."""


@dataclass(frozen=True)
class VerifiedOutput:
    """The comparison of one output's answers.

    Attributes
    ----------
    signature, output : str
        The names of the signature and the output.
    rows : int
        Number of examples.
    difference : float
        The largest difference from TensorFlow's answers. For floats it is relative where the
        answer is over 1. For other dtypes it is 0 if all are equal, else infinite.
    tolerance : float
        The allowed difference: 1e-5, or 1e-2 for a model that rounds to float16 or bfloat16.

    Examples
    --------
    >>> VerifiedOutput("serving_default", "y", 8, 0.0).difference
    0.0
    """

    signature: str
    output: str
    rows: int
    difference: float
    tolerance: float = TOLERANCE


@dataclass(frozen=True)
class VerifyReport:
    """The report of `verify`.

    Attributes
    ----------
    path : str
        The model's folder, absolute.
    version : int or None
        The version; None for a model without version folders.
    outputs : tuple of VerifiedOutput
        Every output of each signature that has examples and can run.
    skipped : tuple of str
        Signatures with examples that the runtime cannot run.

    Examples
    --------
    >>> outputs = (VerifiedOutput("serving_default", "y", 8, 2e-7),)
    >>> report = VerifyReport("/m", 1, outputs)
    >>> report.difference, report.agrees
    (2e-07, True)
    """

    path: str
    version: int | None
    outputs: tuple[VerifiedOutput, ...]
    skipped: tuple[str, ...] = ()

    @property
    def difference(self) -> float:
        """The largest of all differences."""
        return max(output.difference for output in self.outputs)

    @property
    def agrees(self) -> bool:
        """Whether every output's difference is allowed."""
        return all(output.difference <= output.tolerance for output in self.outputs)

    @property
    def tolerance(self) -> float:
        """The largest of the outputs' tolerances."""
        return max(output.tolerance for output in self.outputs)


def verify(path: str | os.PathLike[str], *, version: int | None = None) -> VerifyReport:
    """Run the examples that `export` kept with a model again, on a JVM of its own.

    Parameters
    ----------
    path : str or path-like
        The model's folder: one of version folders, or one with ``saved_model.pb``.
    version : int, optional
        The version. By default the highest complete one.

    Returns
    -------
    VerifyReport
        The differences from TensorFlow's answers. A large one raises nothing: see ``agrees``.

    Raises
    ------
    ModelNotFoundException
        If the path has no complete model, or not that version.
    ModelLoadException
        If the model has no examples, or its files are damaged.
    UnsupportedModelException
        If the model uses an op or attribute that the runtime lacks.
    TfpredictException
        If Java or Spark's jars are missing.

    Examples
    --------
    >>> import numpy as np, tensorflow as tf, tfpredict
    >>> class Twice(tf.Module):
    ...     @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    ...     def __call__(self, x):
    ...         return {"y": 2.0 * x}
    >>> rows = np.array([1.0, 2.0], "float32")
    >>> folder = tfpredict.export(Twice(), tmp_path / "twice", examples=rows)
    >>> tfpredict.verify(tmp_path / "twice").difference
    0.0
    """
    found = _jvm.run("verify", path, version, ("serve",))
    outputs = [
        VerifiedOutput(
            signature=output["signature"],
            output=output["output"],
            rows=output["rows"],
            difference=math.inf if output["difference"] is None else output["difference"],
            tolerance=output["tolerance"],
        )
        for output in found["outputs"]
    ]
    skipped = tuple(found["skipped"])
    return VerifyReport(found["path"], found["version"], tuple(outputs), skipped)
