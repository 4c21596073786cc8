"""A model to be fuzzed, the rows that it answers, and how both are kept."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tfpredict

MAKERS: dict[str, Callable[[], Fuzzed]] = {}


@dataclass
class Fuzzed:
    """A model with good rows: each a value for each input, without the batch's dimension."""

    model: Any
    rows: list[dict[str, Any]]


def fuzzed(make: Callable[[], Fuzzed]) -> Callable[[], Fuzzed]:
    """Registers what makes a model, by its name."""
    MAKERS[make.__name__] = make
    return make


def function(call: Callable, parts: Sequence = (), **inputs: tuple) -> tf.Module:
    """A module of one function, whose inputs are given as a dtype and a row's dimensions.

    What the function answers is a dict; `parts` are its variables and tables.
    """
    specs = [tf.TensorSpec([None, *dims], of, name=name) for name, (of, *dims) in inputs.items()]

    class Called(tf.Module):
        def __init__(self):
            super().__init__()
            self.parts = list(parts)
            self.dtypes = {name: of for name, (of, *_) in inputs.items()}

        @tf.function(input_signature=specs)
        def __call__(self, *arguments):
            return call(*arguments)

    return Called()


def each(call: Callable, values: Any, result: Any) -> Any:
    """The function on each row by itself, in a loop."""
    return tf.map_fn(call, values, fn_output_signature=result)


def write(folder: Path) -> None:
    """Makes all models, and `rows.json` with their rows and TensorFlow's own answers to them."""
    kept = {}
    for name, make in MAKERS.items():
        made = make()
        tfpredict.export(made.model, folder / name)
        rows = [_tensors(made.model, row) for row in made.rows]
        kept[name] = [
            {"row": _written(row), "answer": _written(_answer(made.model, row))} for row in rows
        ]
    (folder / "rows.json").write_text(json.dumps(kept))


def _tensors(model: Any, row: dict[str, Any]) -> dict[str, tf.Tensor]:
    if isinstance(model, tf.Module):
        dtypes = model.dtypes
    else:
        dtypes = {tensor.name: tensor.dtype for tensor in model.inputs}
    return {name: tf.constant(value, dtypes[name]) for name, value in row.items()}


def _answer(model: Any, row: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    batch = {name: value[None] for name, value in row.items()}
    if isinstance(model, tf.Module):
        answers = model(*(batch[name] for name in model.dtypes))
    else:
        answers = model(batch)
    return {name: value[0] for name, value in answers.items()}


def _written(values: dict[str, tf.Tensor]) -> dict[str, Any]:
    return {name: _value(value.numpy()) for name, value in values.items()}


def _value(value: Any) -> dict[str, Any]:
    # NumPy's own texts lose the zeros that they end with.
    array = np.asarray(value, object if isinstance(value, bytes) else None)
    flat = [_element(element) for element in array.reshape(-1).tolist()]
    return {"shape": list(array.shape), "values": flat}


def _element(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    # JSON has no such numbers; these are their names in the JVM.
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
