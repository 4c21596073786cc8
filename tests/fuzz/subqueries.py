"""Subqueries in an expression: a single value, IN and EXISTS, of this row or of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conditions import member
from expressions import Expr, Row
from functions import Bad, Reference
from relations import Rel, Undecided


@dataclass
class Single(Expr):
    """The one value of a relation of one row, or null."""

    rel: Rel

    def sql(self) -> str:
        return f"({self.rel.sql()})"

    def value(self, row: Row, ref: Reference) -> Any:
        rows = self.rel.certain(ref, row)
        return rows[0][self.rel.cols[0].name] if rows else None


@dataclass
class In(Expr):
    arg: Expr
    rel: Rel
    is_not: bool = False

    def sql(self) -> str:
        return f"({self.arg.sql()} {'NOT ' if self.is_not else ''}IN ({self.rel.sql()}))"

    def value(self, row: Row, ref: Reference) -> Any:
        name = self.rel.cols[0].name
        found = member(self.arg.value(row, ref), [r[name] for r in self.rel.certain(ref, row)])
        if isinstance(found, Bad):
            raise Undecided
        return found if found is None else found != self.is_not


@dataclass
class Exists(Expr):
    rel: Rel
    is_not: bool = False

    def sql(self) -> str:
        return f"({'NOT ' if self.is_not else ''}EXISTS ({self.rel.sql()}))"

    def value(self, row: Row, ref: Reference) -> Any:
        return bool(self.rel.certain(ref, row)) != self.is_not
