"""Models around what is measured, of Keras 2 as of Keras 3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def one(keras: Any, layer: Callable[[], Any], rows: np.ndarray) -> tuple:
    """A model of one layer. Rows of strings are `[batch, 1]` or `[batch]`, as the layer wants."""

    def build() -> Any:
        dtype = "string" if rows.dtype.kind == "U" else str(rows.dtype)
        inputs = keras.layers.Input(rows.shape[1:], dtype=dtype, name="x")
        return keras.Model(inputs, layer()(inputs))

    return build, rows


def several(keras: Any, call: Callable[..., Any], *rows: np.ndarray) -> tuple:
    """A model of several inputs, a, b, c …"""

    def build() -> Any:
        inputs = [
            keras.layers.Input(row.shape[1:], dtype=str(row.dtype), name="abc"[index])
            for index, row in enumerate(rows)
        ]
        return keras.Model(inputs, call(inputs))

    return build, list(rows) if len(rows) > 1 else rows[0]
