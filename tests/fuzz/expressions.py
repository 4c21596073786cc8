"""Expressions of a query: each prints itself as SQL, and has a value for a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain import Type, literal
from functions import BAD, Bad, Error, Function, Reference

Row = dict[str, Any]


@dataclass
class Expr:
    """Has a `type`; an operand that is `Bad` makes the whole so, unless it does not matter."""

    type: Type

    def sql(self) -> str:
        raise NotImplementedError

    def value(self, row: Row, ref: Reference) -> Any:
        raise NotImplementedError


@dataclass
class Col(Expr):
    name: str

    def sql(self) -> str:
        return self.name

    def value(self, row: Row, ref: Reference) -> Any:
        return row[self.name]


@dataclass
class Lit(Expr):
    literal: Any

    def sql(self) -> str:
        return literal(self.literal, self.type)

    def value(self, row: Row, ref: Reference) -> Any:
        return self.literal


@dataclass
class Call(Expr):
    """A model's call; `style` is how its arguments are written."""

    function: Function
    args: list[Expr]
    style: str = "positional"

    def sql(self) -> str:
        names = [i.name for i in self.function.model.inputs]
        args = [arg.sql() for arg in self.args]
        pairs = list(zip(names, args, strict=True))
        # A column with one input's name in another's place is refused, or goes to its own.
        misplaced = any(
            isinstance(arg, Col) and arg.name in names and arg.name != name
            for name, arg in zip(names, self.args)
        )
        if self.style == "struct":
            inner = ", ".join(f"'{name}', {arg}" for name, arg in reversed(pairs))
            return f"{self.function.name}(named_struct({inner}))"
        if self.style == "named" or (self.style == "positional" and misplaced):
            inner = ", ".join(f"{name} => {arg}" for name, arg in reversed(pairs))
            return f"{self.function.name}({inner})"
        if self.style == "shuffled":  # columns that bear the inputs' names
            args = sorted(args, key=lambda arg: arg[::-1], reverse=True)
        return f"{self.function.name}({', '.join(args)})"

    def value(self, row: Row, ref: Reference) -> Any:
        return ref.answer(self.function, [arg.value(row, ref) for arg in self.args])


# SQL, and what it means for operands that are not null.
OPERATORS = {
    "+": ("({} + {})", lambda a, b: a + b),
    "-": ("({} - {})", lambda a, b: a - b),
    "*": ("({} * {})", lambda a, b: a * b),
    "=": ("({} = {})", lambda a, b: a == b),
    "<>": ("({} <> {})", lambda a, b: a != b),
    "<": ("({} < {})", lambda a, b: a < b),
    ">=": ("({} >= {})", lambda a, b: a >= b),
    "not": ("(NOT {})", lambda a: not a),
    "abs": ("abs({})", abs),
    "upper": ("upper({})", lambda a: a.upper()),
    "length": ("length({})", len),
    "concat": ("concat({}, {})", lambda a, b: a + b),
    "size": ("cardinality({})", len),
    "cast": ("CAST({} AS {type})", lambda a: a),
    "float": ("CAST({} AS {type})", float),
}


@dataclass
class Op(Expr):
    """What has a null for a null operand."""

    op: str
    args: list[Expr]

    def sql(self) -> str:
        template = OPERATORS[self.op][0]
        return template.format(*(arg.sql() for arg in self.args), type=self.type.sql())

    def value(self, row: Row, ref: Reference) -> Any:
        values = [arg.value(row, ref) for arg in self.args]
        if self.op == "size" and values[0] is None:
            return -1  # as Spark has it by default
        if any(v is None for v in values):
            return None
        if any(isinstance(v, Bad) for v in values):
            return BAD
        return OPERATORS[self.op][1](*values)


@dataclass
class Array(Expr):
    args: list[Expr]

    def sql(self) -> str:
        return "array(" + ", ".join(arg.sql() for arg in self.args) + ")"

    def value(self, row: Row, ref: Reference) -> Any:
        values = [arg.value(row, ref) for arg in self.args]
        return BAD if any(isinstance(v, Bad) for v in values) else values


@dataclass
class Item(Expr):
    array: Expr
    index: int

    def sql(self) -> str:
        return f"{self.array.sql()}[{self.index}]"

    def value(self, row: Row, ref: Reference) -> Any:
        array = self.array.value(row, ref)
        if array is None or isinstance(array, Bad):
            return array
        return array[self.index] if self.index < len(array) else None


@dataclass
class Field(Expr):
    struct: Expr
    name: str

    def sql(self) -> str:
        return f"{self.struct.sql()}.{self.name}"

    def value(self, row: Row, ref: Reference) -> Any:
        struct = self.struct.value(row, ref)
        return struct if struct is None or isinstance(struct, Bad) else struct[self.name]


def errors_equal(value: Any) -> Any:
    """Return a result of Spark with every error's words replaced, as the reference has them."""
    if isinstance(value, dict):
        return {
            name: Error() if name == "error" and inner is not None else errors_equal(inner)
            for name, inner in value.items()
        }
    return [errors_equal(v) for v in value] if isinstance(value, list) else value
