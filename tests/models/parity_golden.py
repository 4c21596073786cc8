"""Exports the models of `parity` with examples, and asks TensorFlow about each row alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import parity
import tensorflow as tf
import tfpredict

Row = dict[str, np.ndarray]


def write(folder: Path) -> None:
    """Write the models, and ``parity.json``: by model and signature, rows and answers."""
    rng = np.random.default_rng(37)
    golden = {}
    for name, model, rows in (
        ("wide_and_deep", parity.wide_and_deep(), visits(rng)),
        ("ragged_lstm", parity.ragged_lstm(), [{"steps": s} for s in series(rng)]),
        ("attention", parity.attention(), [{"tokens": t} for t in sentences(rng)]),
        ("resnet50", parity.resnet50(), [{"image": i} for i in parity.images(rng, 6)]),
    ):
        tfpredict.export(model, folder / name, examples=batch(rows))
        golden[name] = {"serving_default": answered(outputs_by_name(model), rows)}

    model, rows = parity.ThreeSignatures(), three(rng)
    tfpredict.export(
        model,
        folder / "three_signatures",
        signatures=model.serving,
        examples={signature: batch(rows[signature]) for signature in rows},
    )
    golden["three_signatures"] = {
        signature: answered(model.serving[signature], rows[signature]) for signature in rows
    }
    (folder / "parity.json").write_text(json.dumps(golden))


def visits(rng: np.random.Generator) -> list[Row]:
    cities, tags = ["Paris", "Köln", "Oslo", "Atlantis", ""], ["new", "übrig", "x", "", "日本"]
    return [
        {
            "numbers": (5 * rng.normal(size=6)).astype("float32"),
            "item": np.array(rng.integers(0, 50)),
            "city": np.array(rng.choice(cities)),
            "tags": rng.choice(tags, 3),
        }
        for _ in range(40)
    ]


def series(rng: np.random.Generator) -> list[np.ndarray]:
    lengths = rng.permutation([*range(1, 25)] * 2)
    return [3 * rng.normal(size=(length, 3)).astype("float32") for length in lengths]


def sentences(rng: np.random.Generator) -> list[np.ndarray]:
    rows = rng.integers(1, 40, (40, 12)).astype("int32")
    rows[np.arange(12) >= rng.integers(1, 13, (40, 1))] = 0
    return list(rows)


def three(rng: np.random.Generator) -> dict[str, list[Row]]:
    words = ["red", "grün", "blue", "", "Ünknown"]
    count = range(20)
    return {
        "distances": [{"a": rng.normal(size=3), "b": 100 * rng.normal(size=3)} for _ in count],
        "words": [{"text": rng.choice(words, 3)} for _ in count],
        "ranks": [
            {
                "amounts": rng.integers(-9, 9, 5).astype("int32"),
                "falling": np.array(bool(n % 2)),
            }
            for n in count
        ],
    }


def batch(rows: list[Row]) -> Row:
    """The rows of the first one's shapes, as one batch."""
    fits = [row for row in rows if all(row[k].shape == rows[0][k].shape for k in row)]
    return {name: np.stack([row[name] for row in fits]) for name in rows[0]}


def outputs_by_name(model: keras.Model) -> Callable[..., dict[str, Any]]:
    def call(**inputs: Any) -> dict[str, Any]:
        tensors = [inputs[tensor.name] for tensor in model.inputs]
        outputs = model(tensors if len(tensors) > 1 else tensors[0], training=False)
        return dict(zip(model.output_names, tf.nest.flatten(outputs)))

    return call


def answered(function: Callable[..., dict[str, Any]], rows: list[Row]) -> list[dict]:
    """Each row, and what the model in Python says to it where it is the only one."""
    kept = []
    for row in rows:
        answers = function(**{name: tf.constant(value)[None] for name, value in row.items()})
        kept.append(
            {
                "row": {name: value.tolist() for name, value in row.items()},
                "answers": {name: plain(answer.numpy()) for name, answer in answers.items()},
            }
        )
    return kept


def plain(answer: np.ndarray) -> Any:
    is_text = answer.dtype == object
    return (np.vectorize(bytes.decode, otypes=[object])(answer) if is_text else answer).tolist()[0]
