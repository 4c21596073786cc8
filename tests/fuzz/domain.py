"""Spark's types as the fuzzer uses them, their values, and both as SQL text.

Values are small integers, halves and short words, so that every sum is exact and no answer needs
a tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

WORDS = ("", "a", "b", "pear", "Plum", "fig ", "apple", "é1", "日本", "zz")
WORDED = ("STRING", "BINARY")
FLOATING = ("FLOAT", "DOUBLE")
INTEGERS = ("TINYINT", "SMALLINT", "INT", "BIGINT")
# What Spark's tensors' types take without a cast in the query.
CASTS = {
    "FLOAT": (*INTEGERS, *FLOATING),
    "DOUBLE": (*INTEGERS, *FLOATING),
    "BIGINT": INTEGERS,
    "INT": INTEGERS[:3],
    "SMALLINT": INTEGERS[:2],
    "STRING": ("STRING", "BINARY"),
    "BOOLEAN": ("BOOLEAN",),
}


@dataclass(frozen=True)
class Type:
    """A base type in arrays of these lengths, outermost first (None: any); or a struct."""

    base: str
    shape: tuple = ()
    fields: tuple = ()

    def sql(self) -> str:
        inner = self.base
        if self.fields:
            inner = "STRUCT<" + ", ".join(f"{name}: {t.sql()}" for name, t in self.fields) + ">"
        for _ in self.shape:
            inner = f"ARRAY<{inner}>"
        return inner

    @property
    def is_scalar(self) -> bool:
        return not self.shape and not self.fields

    @property
    def is_number(self) -> bool:
        return self.is_scalar and self.base in (*INTEGERS, *FLOATING)

    def element(self) -> Type:
        return replace(self, shape=self.shape[1:])

    def field(self, name: str) -> Type:
        return dict(self.fields)[name]


BOOLEAN = Type("BOOLEAN")
STRING = Type("STRING")
INT = Type("INT")
BIGINT = Type("BIGINT")
DOUBLE = Type("DOUBLE")


def plain(value: Any, kind: Type) -> str:
    """Return a value as SQL, of whatever type that has."""
    if value is None:
        return "NULL"
    if kind.shape:
        return "array(" + ", ".join(plain(v, kind.element()) for v in value) + ")"
    if kind.fields:
        parts = (f"'{name}', {literal(value[name], t)}" for name, t in kind.fields)
        return "named_struct(" + ", ".join(parts) + ")"
    if kind.base in WORDED:
        return "'" + value + "'"
    if kind.base in FLOATING:
        return f"{float(value)!r}D"
    return str(value).upper()


def literal(value: Any, kind: Type) -> str:
    """Return a value as SQL of exactly this type."""
    if value is not None and kind in (INT, BOOLEAN, STRING, DOUBLE):
        return plain(value, kind)
    return f"CAST({plain(value, kind)} AS {kind.sql()})"


def scalar(rng: Random, base: str) -> Any:
    if base in FLOATING:
        return rng.randint(-6, 12) / 2
    if base == "BOOLEAN":
        return rng.random() < 0.5
    if base in WORDED:
        return rng.choice(WORDS)
    return rng.randint(0 if base in INTEGERS[:2] else -3, 9)


def value(rng: Random, kind: Type, nulls: float = 0.0) -> Any:
    """Return a value that every model takes; null at this rate, as a whole."""
    if rng.random() < nulls:
        return None
    if kind.shape:
        length = kind.shape[0]
        if length is None:
            # Open arrays in arrays are never empty: what they would hold has no shape.
            length = rng.randint(1 if len(kind.shape) > 1 else 0, 4)
        if len(kind.shape) > 1 and kind.shape[1] is None:
            kind = replace(kind, shape=(length, rng.randint(1, 3), *kind.shape[2:]))
        return [value(rng, kind.element()) for _ in range(length)]
    if kind.fields:
        return {name: value(rng, t) for name, t in kind.fields}
    return scalar(rng, kind.base)


def spoiled(rng: Random, kind: Type) -> Any:
    """Return a value of the type that a model of that shape may refuse."""
    if kind.shape:
        good = value(rng, kind)
        choice = rng.randrange(4)
        if choice == 0:
            return good + [value(rng, kind.element())] * rng.randint(1, 2)
        if choice == 1:
            return good[1:]
        if choice == 2 and good:
            place = rng.randrange(len(good))
            return [*good[:place], None, *good[place + 1 :]]
        return [*good[:-1], spoiled(rng, kind.element())] if len(kind.shape) > 1 else []
    if kind.base == "SMALLINT":
        return rng.choice((-1, 256, 300))
    if kind.is_number:
        return scalar(rng, kind.base) + 20  # beyond what the models' own assertions take
    return value(rng, kind)


def frozen(value: Any) -> Any:
    """Return a value as one that can be a key; floats and integers of one value stay one."""
    if isinstance(value, list):
        return ("array", *map(frozen, value))
    if isinstance(value, (bytes, bytearray)):
        return value.decode()
    if isinstance(value, dict):
        return ("struct", *((name, frozen(v)) for name, v in value.items()))
    return value
