"""Replays the examples that are kept with a model on the JVM."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _jvm

if TYPE_CHECKING:
    import os

TOLERANCE = 1e-5
"""What floats may differ by: other kernels sum in another order."""


@dataclass(frozen=True)
class VerifiedOutput:
    """How one output answered the examples.

    Attributes
    ----------
    signature, output : str
        Their names.
    rows : int
        How many examples there are.
    difference : float
        The largest difference from TensorFlow's own answers: of floats relative to the answer
        where that is over 1; of all others 0 where they are equal, else infinite.
    tolerance : float
        What it may be: 1e-5, and 1e-2 for a model that rounds to float16 or bfloat16.

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
    """How a model answered the examples that are kept with it.

    Attributes
    ----------
    path : str
        Where the model is.
    version : int or None
        The version that was verified.
    outputs : tuple of VerifiedOutput
        Every output of every signature that has examples and can run.
    skipped : tuple of str
        Signatures whose examples were not replayed, since the runtime cannot run them.

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
        """Whether no difference is over its output's tolerance."""
        return all(output.difference <= output.tolerance for output in self.outputs)

    @property
    def tolerance(self) -> float:
        """The largest of the outputs' tolerances."""
        return max(output.tolerance for output in self.outputs)


def verify(path: str | os.PathLike[str], *, version: int | None = None) -> VerifyReport:
    """Replay the examples that `export` kept with a model, on a JVM of its own.

    Parameters
    ----------
    path : str or path-like
        A folder of version folders, or one that holds ``saved_model.pb``.
    version : int, optional
        The version to verify; by default the highest complete one.

    Returns
    -------
    VerifyReport
        The differences from TensorFlow's own answers, which may be large: see ``agrees``.

    Raises
    ------
    ModelNotFoundException
        If there is no complete model at the path, or not that version of it.
    ModelLoadException
        If it has no examples, or its files are damaged.
    UnsupportedModelException
        If it uses what the runtime lacks.
    TfpredictException
        If there is no Java, or no Spark.

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
