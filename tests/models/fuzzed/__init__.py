"""Whole models that random rows are put through: `write` makes them, with rows that they answer."""

from fuzzed import (
    examples,
    matrices,
    numbers,
    ragged,
    sequences,
    shapes,
    sounds,
    sparse,
    strings,
    tables,
)
from fuzzed.kept import write
from fuzzed.pictures import cutting, decoding, detecting

__all__ = [
    "cutting",
    "decoding",
    "detecting",
    "examples",
    "matrices",
    "numbers",
    "ragged",
    "sequences",
    "shapes",
    "sounds",
    "sparse",
    "strings",
    "tables",
    "write",
]
