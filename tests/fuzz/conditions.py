"""Expressions that choose: what they do not come to is not evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from expressions import Expr, Row
from functions import BAD, Bad, Reference


@dataclass
class Logic(Expr):
    """AND or OR: evaluated from the left until decided, as Spark does."""

    op: str
    args: list[Expr]

    def sql(self) -> str:
        return "(" + f" {self.op} ".join(arg.sql() for arg in self.args) + ")"

    def value(self, row: Row, ref: Reference) -> Any:
        decides = self.op == "OR"
        values = []
        for arg in self.args:
            values.append(arg.value(row, ref))
            if values[-1] is decides:
                return decides
        if any(isinstance(v, Bad) for v in values):
            return BAD
        return None if None in values else not decides


@dataclass
class Case(Expr):
    """CASE, or IF where it has one branch and asks to be one."""

    branches: list[tuple[Expr, Expr]]
    otherwise: Expr | None
    is_if: bool = False

    def sql(self) -> str:
        if self.is_if and len(self.branches) == 1 and self.otherwise:
            (condition, then) = self.branches[0]
            return f"IF({condition.sql()}, {then.sql()}, {self.otherwise.sql()})"
        whens = " ".join(f"WHEN {c.sql()} THEN {v.sql()}" for c, v in self.branches)
        otherwise = f" ELSE {self.otherwise.sql()}" if self.otherwise else ""
        return f"CASE {whens}{otherwise} END"

    def value(self, row: Row, ref: Reference) -> Any:
        for condition, then in self.branches:
            met = condition.value(row, ref)
            if isinstance(met, Bad):
                return BAD
            if met:
                return then.value(row, ref)
        return self.otherwise.value(row, ref) if self.otherwise else None


@dataclass
class Coalesce(Expr):
    args: list[Expr]

    def sql(self) -> str:
        return "coalesce(" + ", ".join(arg.sql() for arg in self.args) + ")"

    def value(self, row: Row, ref: Reference) -> Any:
        for arg in self.args:
            value = arg.value(row, ref)
            if value is not None:
                return value
        return None


@dataclass
class IsNull(Expr):
    arg: Expr
    is_not: bool = False

    def sql(self) -> str:
        return f"({self.arg.sql()} IS {'NOT ' if self.is_not else ''}NULL)"

    def value(self, row: Row, ref: Reference) -> Any:
        value = self.arg.value(row, ref)
        return BAD if isinstance(value, Bad) else (value is None) != self.is_not


@dataclass
class InList(Expr):
    arg: Expr
    values: list[Expr]

    def sql(self) -> str:
        return f"({self.arg.sql()} IN ({', '.join(v.sql() for v in self.values)}))"

    def value(self, row: Row, ref: Reference) -> Any:
        return member(self.arg.value(row, ref), [v.value(row, ref) for v in self.values])


def member(value: Any, values: list) -> Any:
    """IN, of three values: unknown where a null might have been equal."""
    if isinstance(value, Bad) or any(isinstance(v, Bad) for v in values):
        return BAD
    if not values:
        return False
    if value is None:
        return None
    return (
        True if value in [v for v in values if v is not None] else None if None in values else False
    )
