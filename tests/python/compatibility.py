"""Cases of `tests/compatibility`, each exported, registered and asked from SQL."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[1] / "compatibility"
SQL_TYPES = {
    "float32": "float",
    "float64": "double",
    "int32": "int",
    "int64": "bigint",
    "string": "string",
}


def cases() -> dict[tuple[str, str], tuple]:
    """By group and name: how to build the model, and its rows."""
    found = {}
    # What they share; behind all else, whatever is called alike.
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    for part in ("layers", "modules", "applications"):
        # By its file: the folder of the test models has a `modules` of its own.
        spec = importlib.util.spec_from_file_location(
            f"compatibility_{part}", FOLDER / f"{part}.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.update({(group, name): case for group, name, *case in module.cases()})
    return found


def columns(inputs: tuple[Any, ...]) -> dict[str, str]:
    """The columns for a registered model's inputs: arrays as deep as the tensors are."""
    found = {}
    for tensor in inputs:
        depth = len(tensor.shape) - 1
        found[tensor.name] = "array<" * depth + SQL_TYPES[tensor.dtype] + ">" * depth
    return found


def ask(spark: Any, model: Any, rows: list[np.ndarray]) -> dict[int, Any]:
    """The registered model's answer to each row, by the row's number."""
    named = columns(model.inputs)
    schema = ", ".join(f"{column} {of}" for column, of in {"id": "int", **named}.items())
    data = list(zip(range(len(rows[0])), *(values.tolist() for values in rows)))
    spark.createDataFrame(data, schema).createOrReplaceTempView("cases")
    found = spark.sql(f"SELECT id, {model.name}({', '.join(named)}) AS y FROM cases").collect()
    return {row.id: row.y for row in found}


def expected(folder: str, rows: list[np.ndarray]) -> list[dict[str, np.ndarray]]:
    """TensorFlow's answers, by output, to each row alone, as SQL asks it."""
    import tensorflow as tf

    function = tf.saved_model.load(folder).signatures["serving_default"]
    names = sorted(function.structured_input_signature[1])
    answers = []
    for index in range(len(rows[0])):
        row = {name: tf.constant(of[index : index + 1]) for name, of in zip(names, rows)}
        answers.append({name: _text(y.numpy())[0] for name, y in function(**row).items()})
    return answers


def _text(answer: np.ndarray) -> np.ndarray:
    is_text = answer.dtype == object
    return np.vectorize(bytes.decode)(answer) if is_text else answer
