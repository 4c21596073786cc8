"""How far a row's answer from Spark is from TensorFlow's."""

from __future__ import annotations

from typing import Any

import numpy as np

TOLERANCE = 1e-5


def difference(found: Any, expected: Any) -> float:
    """Return the largest: of floats relative to answers over 1, infinite for what is not equal."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.ndim == 0 and expected.shape == (1,):
        expected = expected[0]  # `[batch, 1]` is a single value in SQL
    if found.shape != expected.shape:
        return np.inf
    # Of one kind, so that a number is not taken for a truth, nor an integer for a float.
    if expected.dtype.kind != "f" or found.dtype.kind != "f":
        same = found.dtype.kind == expected.dtype.kind and np.array_equal(found, expected)
        return 0.0 if same else np.inf
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    # Of infinities nothing can be taken away; a NaN that stays here is within no tolerance.
    with np.errstate(invalid="ignore"):
        apart = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
    return float(np.where(same, 0.0, apart).max(initial=0.0))
