"""Random programs for models, each a few words of TensorFlow, so that a failure can print them.

A program works on each row alone. Its numbers are bounded by `floormod`, and exact in float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from domain import Type

DTYPES = {
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "INT": "int32",
    "BIGINT": "int64",
    "SMALLINT": "uint8",
    "BOOLEAN": "bool",
    "STRING": "string",
}


@dataclass(frozen=True)
class Tensor:
    """An input or an output: its base in Spark, and a row's shape (None: open)."""

    name: str
    base: str
    shape: tuple

    def describe(self) -> str:
        shape = ", ".join("?" if d is None else str(d) for d in self.shape)
        return f"{self.name}: {DTYPES[self.base]}[batch{', ' if shape else ''}{shape}]"

    def spark(self) -> Type:
        """As a result: `[batch, 1]` is a single value."""
        return Type(self.base, () if self.shape == (1,) else self.shape)


SHAPES = ((), (), (1,), (2,), (2,), (3,), (2, 2), (None,), (None,), (None, None), (None, 2))
WORD_SHAPES = ((), (), (), (1,), (2,), (None,))


def random_inputs(rng: Random) -> tuple[Tensor, ...]:
    names = rng.sample(("age", "city", "ids", "price", "word", "x"), rng.choice((1, 1, 1, 2, 2, 3)))
    bases = ("FLOAT", "FLOAT", "FLOAT", "DOUBLE", "INT", "BIGINT", "STRING", "SMALLINT", "BOOLEAN")
    found = []
    for name in sorted(names):
        base = rng.choice(bases)
        found.append(Tensor(name, base, rng.choice(WORD_SHAPES if base == "STRING" else SHAPES)))
    return tuple(found)


def total(rng: Random, inputs: tuple[Tensor, ...]) -> str:
    """Return a number for each row, as float64, that depends on all inputs and the version."""
    terms = [f"w[{n % 3}] * number({i.name})" for n, i in enumerate(inputs)]
    start, most = rng.randint(0, 9) / 2, rng.choice((5, 16, 97))
    return f"floormod({start} + 3 * version + {' + '.join(terms)}, {most})"


def random_output(rng: Random, name: str, inputs: tuple[Tensor, ...]) -> tuple[Tensor, str]:
    """Return an output and its formula."""
    alike = rng.choice(inputs)
    kind = rng.choice(("scalar", "scalar", "scalar", "one", "vector", "alike", "alike"))
    if kind == "alike" and alike.base == "STRING":
        words = f"join([upper({alike.name}), as_string(version)])"
        return Tensor(name, "STRING", alike.shape), words
    if kind == "alike" and alike.base != "BOOLEAN":
        base = rng.choice(("FLOAT", "DOUBLE", "INT", "BIGINT"))
        same = f"floormod(w[0] * float64({alike.name}) + version, 64)"
        return Tensor(name, base, alike.shape), f"cast({same}, '{DTYPES[base]}')"
    number = total(rng, inputs)
    if kind == "vector":
        size = rng.choice((2, 2, 3))
        base = rng.choice(("FLOAT", "DOUBLE", "INT"))
        parts = ", ".join(f"{number} + {n}" for n in range(size))
        return Tensor(name, base, (size,)), f"cast(stack([{parts}], 1), '{DTYPES[base]}')"
    shape = (1,) if kind == "one" else ()
    base = rng.choice(
        ("FLOAT", "FLOAT", "DOUBLE", "INT", "BIGINT", "SMALLINT", "BOOLEAN", "STRING")
    )
    if base == "STRING":
        formula = f"as_string(cast({number}, 'int32'))"
    elif base == "BOOLEAN":
        formula = f"({number} > 7)"
    else:
        # Through int32 where the tensor is one of integers, since halves are cut off.
        formula = f"cast(cast({number}, 'int32'), '{DTYPES[base]}')"
        if base in ("FLOAT", "DOUBLE"):
            formula = f"cast({number}, '{DTYPES[base]}')"
    return Tensor(name, base, shape), f"expand({formula})" if shape else formula


def scope(tf: Any, weights: Any, version: int) -> dict[str, Any]:
    """Return what a formula's words mean."""

    def number(tensor: Any) -> Any:
        if tensor.dtype == tf.string:
            tensor = tf.strings.length(tensor)
        tensor = tf.cast(tensor, tf.float64)
        return tf.reduce_sum(tensor, axis=list(range(1, len(tensor.shape))))

    return {
        "number": number,
        "float64": lambda tensor: tf.cast(tensor, tf.float64),
        "cast": tf.cast,
        "floormod": tf.math.floormod,
        "stack": tf.stack,
        "expand": lambda tensor: tf.expand_dims(tensor, 1),
        "uniform": lambda tensor: tf.random.uniform(tf.shape(tensor), dtype=tf.float64),
        "upper": tf.strings.upper,
        "join": tf.strings.join,
        "as_string": tf.strings.as_string,
        "w": weights,
        "version": version,
    }
