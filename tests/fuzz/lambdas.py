"""Functions of arrays whose body is an expression over their elements."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from domain import literal
from expressions import Expr, Row
from functions import BAD, Bad, Reference


@dataclass
class Lambda(Expr):
    """`transform`, `filter`, `exists` or `forall` over an array, with a body over its elements."""

    name: str
    array: Expr
    variable: str
    body: Expr

    def sql(self) -> str:
        return f"{self.name}({self.array.sql()}, {self.variable} -> {self.body.sql()})"

    def value(self, row: Row, ref: Reference) -> Any:
        array = self.array.value(row, ref)
        if array is None or isinstance(array, Bad):
            return array
        if self.name in ("exists", "forall"):
            return self._decided(array, row, ref)
        found = [self.body.value({**row, self.variable: v}, ref) for v in array]
        if any(isinstance(v, Bad) for v in found):
            return BAD
        if self.name == "transform":
            return found
        return [v for v, met in zip(array, found, strict=True) if met]

    def _decided(self, array: list, row: Row, ref: Reference) -> Any:
        """What stands behind the element that decides does not matter, even where it is bad."""
        decides, unknown = self.name == "exists", False
        for v in array:
            met = self.body.value({**row, self.variable: v}, ref)
            if isinstance(met, Bad):
                return BAD
            if met == decides and met is not None:
                return decides
            unknown = unknown or met is None
        return None if unknown else not decides


@dataclass
class Zip(Expr):
    """`zip_with` of two arrays: the shorter one is filled with nulls."""

    arrays: list[Expr]
    variables: list[str]
    body: Expr

    def sql(self) -> str:
        arrays = ", ".join(array.sql() for array in self.arrays)
        return f"zip_with({arrays}, ({', '.join(self.variables)}) -> {self.body.sql()})"

    def value(self, row: Row, ref: Reference) -> Any:
        arrays = [array.value(row, ref) for array in self.arrays]
        if any(array is None or isinstance(array, Bad) for array in arrays):
            return None if None in arrays else BAD
        rows = (dict(zip(self.variables, v, strict=True)) for v in zip_longest(*arrays))
        found = [self.body.value({**row, **variables}, ref) for variables in rows]
        return BAD if any(isinstance(v, Bad) for v in found) else found


@dataclass
class Fold(Expr):
    """`aggregate` over an array, from 0: each element's step is added to what came before."""

    array: Expr
    variables: list[str]  # what came before, and the element
    step: Expr

    def sql(self) -> str:
        before, element = self.variables
        zero = literal(0.0, self.type)
        step = f"({before} + {self.step.sql()})"
        return f"aggregate({self.array.sql()}, {zero}, ({before}, {element}) -> {step})"

    def value(self, row: Row, ref: Reference) -> Any:
        array, found = self.array.value(row, ref), 0.0
        if array is None or isinstance(array, Bad):
            return array
        for v in array:
            step = self.step.value(
                {**row, **dict(zip(self.variables, (found, v), strict=True))}, ref
            )
            if isinstance(step, Bad):
                return BAD
            found = None if found is None or step is None else found + step
        return found
